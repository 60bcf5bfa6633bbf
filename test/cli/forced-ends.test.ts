/** A program that is ended by force while a thread writes an SQL image: the launcher removes the image, and nothing else. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const scratch = mkdtempSync(join(tmpdir(), 'marketsim-test-'))
afterAll(() => rmSync(scratch, { recursive: true }))

const urlOf = (path: string): string => JSON.stringify(new URL(`../../${path}`, import.meta.url))
const launcher = `
  import { supervise } from ${urlOf('cli/supervise.js')}
  supervise(process.execPath, new URL('program.js', import.meta.url).pathname)`
const other = 'marketsim-facts-0123456789abcdef-of-another'

test.each([
  ['is killed', "process.kill(process.pid, 'SIGKILL')", 137],
  ['fails', 'process.exit(70)', 70],
] as const)('a program that %s', (_, end, code) => {
  const folder = mkdtempSync(join(scratch, 'program-'))
  const temporary = join(folder, 'tmp')
  mkdirSync(join(temporary, other), { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  writeFileSync(join(folder, 'launcher.js'), launcher)
  writeFileSync(
    join(folder, 'program.js'),
    `
    import { readdirSync, writeSync } from 'node:fs'
    import { tmpdir } from 'node:os'
    import { isMainThread, Worker } from 'node:worker_threads'
    import { MassImages } from ${urlOf('sim/record/mass-images.ts')}
    // Once the folder of the image is there.
    const table = () => { writeSync(2, readdirSync(tmpdir()).join() + '\\n'); ${end} }
    if (isMainThread) new Worker(new URL(import.meta.url)).on('exit', (code) => process.exit(code))
    else new MassImages({ table }, []).attach('transactions')`,
  )
  const { status, stderr } = spawnSync(process.execPath, [join(folder, 'launcher.js')], {
    env: { NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache'), ...process.env, TMPDIR: temporary },
    encoding: 'utf8',
  })
  expect(stderr).toMatch(/marketsim-facts-[0-9a-f]{16}-\w{6}(,|\n)/)
  expect(status).toBe(code)
  expect(readdirSync(temporary)).toEqual([other])
})
