import { openSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { Script } from 'node:vm'
import { works } from '../billing/works.ts'
import type { Portion } from './instructions.ts'

/**
 * Runs a portion of a work while its instructions are counted: `node counted.ts PORTION FOLDER`. Callgrind counts
 * inside of `Script.runInThisContext`, which nothing else here calls; `perf stat` is switched on and off through the
 * pipes in the folder.
 */
const [text, folder] = process.argv.slice(2)
const { work: name, size, warm, batches }: Portion = JSON.parse(text)
const running = works.find(({ work, subject }) => work === name && subject === 'marketsim')!.start(size)
for (let batch = 0; batch < warm; batch++) running.batch()
globalThis.gc?.()

const run = (): void => {
  for (let batch = 0; batch < batches; batch++) running.batch()
}
Object.assign(globalThis, { run })
const script = new Script('run()')

/** Switches perf; it answers when it has. */
let command = (_word: string): void => {}
if (folder !== '') {
  const [control, acknowledged] = [
    openSync(join(folder, 'control'), 'r+'),
    openSync(join(folder, 'acknowledged'), 'r+'),
  ]
  command = (word) => {
    writeSync(control, `${word}\n`)
    readSync(acknowledged, Buffer.alloc(16))
  }
}
command('enable')
script.runInThisContext()
command('disable')
running.end?.()
