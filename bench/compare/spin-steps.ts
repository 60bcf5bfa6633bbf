import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { median } from '../median.ts'
import { sideFlags, treeEnvironment } from './pair.ts'
import { SPIN } from './plants.ts'
import type { Tree } from './trees.ts'
import type { Workshop } from './workshop.ts'

/** A program that prints how many steps of a spin take as long as one operation of its first argument, a work. */
const program = `import { works } from './bench/billing/works.ts'

${SPIN}
const work = works.find((each) => each.work === process.argv[1] && each.subject === 'marketsim')!
const running = work.start(work.turnSize ?? work.sizes[0])
const used = (): number => {
  const { user, system } = process.threadCpuUsage()
  return user + system
}
let value = 1
/** us of one operation and of one step, each once they are compiled. */
function paces(): [number, number] {
  let operations = 0
  let began = used()
  while (used() - began < 300_000) operations += running.batch()
  const operation = (used() - began) / operations
  let steps = 0
  began = used()
  for (; used() - began < 100_000; steps += 150) value = spin(value, 150)
  return [operation, (used() - began) / steps]
}
// Until all of the work is compiled.
for (let round = 0; round < 4; round++) paces()
const [operation, step] = paces()
console.log(operation / step, value === 0 ? ' ' : '')
`

/** Processes that are asked: where code and data are in memory differs from one to the next. */
const PROCESSES = 5

const execute = promisify(execFile)

/** How many steps of a spin take as long as one operation of a work, on this machine; it takes some seconds. */
export async function spinSteps(shop: Workshop, { folder }: Tree, work: string): Promise<number> {
  const found: number[] = []
  for (let seed = 1; seed <= PROCESSES; seed++) {
    const flags = [...sideFlags(seed), '--input-type=module-typescript', '--eval', program, work]
    const running = execute(process.execPath, flags, { cwd: folder, env: treeEnvironment(folder) })
    const forget = shop.onRemove(async () => {
      running.child.kill('SIGKILL')
      await running.catch(() => {})
    })
    found.push(Number((await running).stdout))
    forget()
  }
  return median(found)
}
