/** A load that several processes of this machine share: starts them, waits for them, and adds up what they measured. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { interruptible, interruption } from '../interrupts.ts'
import type { LoadRequest } from '../load-request.ts'
import { endWith } from '../streams.ts'
import { removeIfEnded } from '../supervision.ts'
import { printable } from '../terminal.ts'
import { endWithParts } from './end-with-parts.ts'
import { expectNotBegun, hasBegun } from './meeting.ts'
import { findParts } from './merge-load.ts'
import { folderOfLoad, loadId, loadPlan } from './plan.ts'

const launcher = fileURLToPath(new URL('../bin.js', import.meta.url))

interface Ended {
  readonly generator: number
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stderr: string
}

const say = (text: string): boolean => process.stderr.write(`${text}\n`)

/** `words`: the options of the load as they were given, without those of its result. */
export function serveLocally(
  request: LoadRequest,
  count: number,
  words: readonly string[],
  repeat: string,
): Promise<ExitCode> {
  const plan = loadPlan(request, count)
  const threads = request.threadsGiven ?? Math.max(1, Math.floor(availableParallelism() / count))
  const own = request.results === undefined
  const results = request.results ?? mkdtempSync(join(tmpdir(), 'marketsim-generators-'))
  const release = own ? removeIfEnded(results) : () => {}
  const folder = folderOfLoad(results, loadId(plan))
  return interruptible(
    async (signal) => {
      try {
        expectNotBegun(folder)
        const parts = Array.from({ length: count }, (_, index) => index + 1)
        const children = new Map<number, ChildProcess>()
        const stop = (): void => {
          for (const child of children.values()) child.kill('SIGTERM')
        }
        signal.addEventListener('abort', stop)
        if (!request.quiet) say(`${count} generators with ${threads} thread${threads === 1 ? '' : 's'} each get ready`)
        const ended = await Promise.all(
          parts.map(async (generator) => {
            const share = ['--threads', String(threads), '--generator', `${generator}/${count}`, '--results', results]
            const end = await started(generator, [...words, ...share, '--quiet'], children)
            children.delete(generator)
            // Before the start the others would wait for it.
            if (end.code !== 0 && !hasBegun(folder)) stop()
            return end
          }),
        )
        signal.removeEventListener('abort', stop)
        if (signal.aborted) throw interruption(signal, 'the generators were stopped, and nothing was written')
        const failed = ended.filter(({ code }) => code !== 0)
        for (const { generator, code, signal: by, stderr } of failed)
          if (code !== exitCodes.terminated.code)
            say(
              `generator ${generator} ended ${by === null ? `with exit code ${code}` : `by ${by}`}${shownError(stderr)}`,
            )
        const found = existsSync(folder) ? findParts([results], loadId(plan), plan) : []
        if (found.length === 0) return nothingServed(failed)
        return await endWithParts({ ...request, repeat, plan, found })
      } finally {
        if (own) rmSync(results, { recursive: true, force: true, maxRetries: 3 })
        release()
      }
    },
    () => {},
  )
}

/** All failed: usually for the same reason, which one of them has said. */
function nothingServed(failed: readonly Ended[]): ExitCode {
  const refused = failed.some(({ code }) => code === exitCodes.badInput.code)
  const { code } = refused ? exitCodes.badInput : exitCodes.incomplete
  endWith(code)
  say('error: no generator has served its part, so there is no result')
  say('  hint: the lines above say why; `load` without --generators is one process')
  return code
}

const shownError = (stderr: string): string => {
  const lines = stderr
    .trim()
    .split('\n')
    .filter((line) => line !== '')
  return lines.length === 0 ? '' : `:\n${lines.map((line) => `  ${printable(line)}`).join('\n')}`
}

function started(generator: number, words: readonly string[], children: Map<number, ChildProcess>): Promise<Ended> {
  const child = spawn(process.execPath, [launcher, 'load', ...words], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, NO_COLOR: '1' },
  })
  children.set(generator, child)
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ generator, code, signal, stderr }))
  })
}
