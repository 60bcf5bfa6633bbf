/**
 * A load that several processes share, of this machine or of others that a command line of the user reaches: starts them,
 * waits for them, and adds up what they measured.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ExitCode, exitCodes, interruptedCode } from '../exit-codes.ts'
import { interruptible, interruption, stopSignalOf } from '../interrupts.ts'
import type { LoadRequest } from '../load-request.ts'
import { quoted } from '../shell.ts'
import { endWith } from '../streams.ts'
import { endWithin, scratchFolder } from '../supervision.ts'
import { printable } from '../terminal.ts'
import { endWithParts } from './end-with-parts.ts'
import { expectNotBegun, hasBegun } from './meeting.ts'
import { findParts } from './merge-load.ts'
import { folderOfLoad, loadId, loadPlan } from './plan.ts'
import { forgetStop, stopGenerators } from './stop.ts'

const launcher = fileURLToPath(new URL('../bin.js', import.meta.url))
/** Generators that were asked to stop have so long to leave their parts, ms; then they are ended. */
const STOPPING_MS = 45_000

interface Ended {
  readonly generator: number
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stderr: string
}

const say = (text: string): boolean => process.stderr.write(`${text}\n`)

/** `words`: the scenario, and the options of the load as they were given, without those of its result. */
export function serveByGenerators(
  request: LoadRequest,
  count: number,
  words: readonly string[],
  repeat: string,
): Promise<ExitCode> {
  const plan = loadPlan(request, count)
  const { startBy, threadsGiven } = request
  // Those of other machines have all processors there.
  const threads =
    threadsGiven ?? (startBy === undefined ? Math.max(1, Math.floor(availableParallelism() / count)) : undefined)
  const own = request.results === undefined
  const scratch = own ? scratchFolder('marketsim-generators-') : undefined
  const results = resolve(scratch?.path ?? request.results ?? '')
  const folder = folderOfLoad(results, loadId(plan))
  return interruptible(
    async (signal) => {
      try {
        expectNotBegun(folder)
        forgetStop(folder)
        // Generators that are stopped leave what they have measured until then, and that is added up.
        endWithin(2 * STOPPING_MS)
        const crew = new Generators(folder, startBy)
        const stop = () => crew.stop()
        signal.addEventListener('abort', stop)
        if (!request.quiet)
          say(
            `${count} generators${threads === undefined ? '' : ` with ${threads} thread${threads === 1 ? '' : 's'} each`} get ready`,
          )
        const ended = await Promise.all(
          Array.from({ length: count }, async (_, index) => {
            const share = ['--generator', `${index + 1}/${count}`, '--results', results]
            const ofThreads = threads === undefined ? [] : ['--threads', String(threads)]
            const end = await crew.start(index + 1, count, ['load', ...words, ...ofThreads, ...share, '--quiet'])
            // Before the start the others would wait for it.
            if (end.code !== 0 && !hasBegun(folder)) stop()
            return end
          }),
        )
        signal.removeEventListener('abort', stop)
        crew.end()
        const failed = ended.filter(({ code }) => code !== 0)
        for (const { generator, code, signal: by, stderr } of failed)
          if (code !== exitCodes.terminated.code && code !== exitCodes.incomplete.code && !signal.aborted)
            say(
              `generator ${generator} ended ${by === null ? `with exit code ${code}` : `by ${by}`}${shownError(stderr)}`,
            )
        const found = existsSync(folder) ? findParts([results], loadId(plan), plan) : []
        if (signal.aborted && found.length === 0)
          throw interruption(signal, 'no generator had served anything, and nothing was written')
        if (found.length === 0) return nothingServed(failed)
        const stoppedWith = signal.aborted && own ? interruptedCode(stopSignalOf(signal)) : undefined
        return await endWithParts({ ...request, repeat, plan, found, stoppedWith })
      } finally {
        scratch?.remove()
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

/** The processes of this machine that are generators, or reach one. */
class Generators {
  readonly #folder: string
  readonly #startBy: string | undefined
  readonly #children = new Set<ChildProcess>()
  #ending: NodeJS.Timeout | undefined

  constructor(folder: string, startBy: string | undefined) {
    this.#folder = folder
    this.#startBy = startBy
  }

  /** Asks all of them to stop. A signal would not reach another machine, so they find it in their folder. */
  stop(): void {
    if (this.#ending !== undefined) return
    stopGenerators(this.#folder)
    this.#ending = setTimeout(() => {
      for (const child of this.#children) child.kill('SIGTERM')
    }, STOPPING_MS)
  }

  end(): void {
    clearTimeout(this.#ending)
  }

  start(generator: number, count: number, words: readonly string[]): Promise<Ended> {
    const [program, ...line] =
      this.#startBy === undefined
        ? [process.execPath, launcher, ...words]
        : ['sh', '-c', commandOf(this.#startBy, generator, count, words)]
    const child = spawn(program, line, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, NO_COLOR: '1' },
      // With sessions of their own, a Ctrl-C in the terminal reaches this process only.
      detached: true,
    })
    this.#children.add(child)
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    return new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (code, signal) => {
        this.#children.delete(child)
        resolve({ generator, code, signal, stderr })
      })
    })
  }
}

/** `{command}` is one word: the program with its words, each quoted for the shell that reads it there. */
export const commandOf = (template: string, generator: number, count: number, words: readonly string[]): string => {
  const values: Readonly<Record<string, string>> = {
    i: String(generator),
    n: String(count),
    command: quoted(['marketsim', ...words].map(quoted).join(' ')),
  }
  return template.replace(/\{(i|n|command)\}/g, (_, name: string) => values[name])
}
