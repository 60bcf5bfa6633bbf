import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { UsageError } from '#cli/script.ts'
import type { Order, Played, Ready, Settled, Started } from './side.ts'
import { runOnDisk, type Tree } from './trees.ts'
import type { Workshop } from './workshop.ts'

/** The two sides of a comparison. */
export type SideName = 'base' | 'tree'
export type Both<Value> = Readonly<Record<SideName, Value>>

/** Processors that this process may use, as numbers of the system. */
export function processors(): number[] {
  try {
    const [, list] = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'))!
    return list.split(',').flatMap((part) => {
      const [first, last = first] = part.split('-').map(Number)
      return Array.from({ length: last - first + 1 }, (_, at) => first + at)
    })
  } catch {
    return []
  }
}

/** Whether both sides can be held to one processor: two of one machine run at speeds up to a third apart. */
export const canPin = (): boolean => processors().length > 0 && spawnSync('taskset', ['-p', '1']).status === 0

/** Everything on one thread: what another thread does with garbage and machine code is work too, and is counted. */
export const sideFlags = (seed: number): string[] => [
  '--expose-gc',
  '--single-threaded',
  `--random-seed=${seed}`,
  `--hash-seed=${seed}`,
]

/** What the processes of a tree keep, and where: whatever one leaves behind when it is killed goes with the tree. */
export const treeEnvironment = (folder: string): NodeJS.ProcessEnv => ({
  ...process.env,
  // Its processes are many, and reading the modules takes twice the time of running them.
  NODE_COMPILE_CACHE: join(folder, 'compile-cache'),
  MARKETSIM_BENCH_SCENARIO: join(folder, 'scenario.v8'),
  TMPDIR: folder,
})

/** Of a side: its answers come by this one, so that what the tree writes to stdout is none. */
const ANSWERS = 3

/** Of what a side writes to stderr, the last so many characters. */
const MOST_ERRORS = 4_000

/** Time was over before some of them had answered. */
export class LateError extends Error {
  readonly names: readonly SideName[]

  constructor(names: readonly SideName[]) {
    super(`no answer in time from ${names.join(' and ')}`)
    this.names = names
  }
}

/** A side that ended too early, with its stderr: sources that do not run are bad input. */
export class SideError extends UsageError {
  readonly side: SideName

  constructor(side: SideName, message: string) {
    super(message)
    this.side = side
    // What it could not write is an error of the disk and not of the tree.
    const [fault] = /\b(ENOSPC|EDQUOT|EROFS)\b/.exec(message) ?? []
    if (fault !== undefined) Object.assign(this, { code: fault })
  }
}

/** One process, asked line by line. */
class Side {
  readonly name: SideName
  readonly process: ChildProcess
  readonly ended: Promise<void>
  readonly #heard: string[] = []
  #waiting: { resolve(line: string): void; reject(error: Error): void } | null = null
  #failure: Error | null = null

  constructor(name: SideName, { folder }: Tree, pipes: Both<string>, seed: number) {
    this.name = name
    const [own, other] = name === 'base' ? [pipes.base, pipes.tree] : [pipes.tree, pipes.base]
    this.process = spawn(
      process.execPath,
      [...sideFlags(seed), join(folder, 'bench/compare/side.ts'), own, other, String(ANSWERS)],
      {
        cwd: folder,
        stdio: ['pipe', 'ignore', 'pipe', 'pipe'],
        env: treeEnvironment(folder),
      },
    )
    let text = ''
    let errors = ''
    const answers = this.process.stdio[ANSWERS] as Readable
    answers.setEncoding('utf8').on('data', (data) => {
      text += data
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
        this.#hear(text.slice(0, end))
        text = text.slice(end + 1)
      }
    })
    this.process.stderr!.setEncoding('utf8').on('data', (data) => {
      errors = (errors + data).slice(-MOST_ERRORS)
    })
    // A side that has died is reported by its exit.
    this.process.stdin!.on('error', () => {})
    this.ended = new Promise((resolve) => {
      const end = (how: string | number): void => {
        this.#failure ??= new SideError(name, `the process of the ${name} ended with ${how}: ${errors.trim()}`)
        this.#refuse(this.#failure)
        resolve()
      }
      this.process.on('close', (code, signal) => end(code ?? signal ?? 'nothing'))
      this.process.on('error', (error) => end(error.message))
    })
  }

  #hear(line: string): void {
    const waiting = this.#waiting
    this.#waiting = null
    if (waiting === null) this.#heard.push(line)
    else waiting.resolve(line)
  }

  #refuse(error: Error): void {
    this.#waiting?.reject(error)
    this.#waiting = null
  }

  /** Kills it, for a reason: it answers no more. */
  kill(reason: Error): void {
    this.#failure ??= reason
    this.#refuse(this.#failure)
    this.process.kill('SIGKILL')
  }

  /** Whether it has been asked and has not answered. */
  get isAsked(): boolean {
    return this.#waiting !== null
  }

  async hear<Answer>(): Promise<Answer> {
    const line = this.#heard.shift()
    if (line !== undefined) return JSON.parse(line)
    if (this.#failure !== null) throw this.#failure
    return JSON.parse(await new Promise<string>((resolve, reject) => (this.#waiting = { resolve, reject })))
  }

  ask<Answer>(order: Order): Promise<Answer> {
    this.process.stdin!.write(`${JSON.stringify(order)}\n`)
    return this.hear()
  }
}

/** Kills both and waits for their ends. */
async function killed({ base, tree }: Both<Side>): Promise<void> {
  for (const side of [base, tree]) side.kill(new Error('no longer needed'))
  await Promise.all([base.ended, tree.ended])
}

export interface PairPlan {
  /** Seed of the hashes and of Math.random, the same for both. */
  readonly seed: number
  /** Who starts and goes first. */
  readonly first: SideName
  /** Two named pipes are here. */
  readonly folder: string
  /** The one processor of both, by its number; null: wherever the system puts them. */
  readonly processor: number | null
  /** The end of the time, after which no answer is waited for. */
  readonly over: AbortSignal
}

/** Names of the pipes in a folder. */
const pipesOf = (folder: string): Both<string> => ({ base: join(folder, 'base'), tree: join(folder, 'tree') })

/** Makes the pipes over which the sides hand each other the turn. */
export function layPipes(folder: string): void {
  runOnDisk('mkfifo', Object.values(pipesOf(folder)), folder)
}

/** The sides of a round: two processes, of which one works at a time. */
export class Pair {
  /** Who starts and goes first; another one each round. */
  readonly first: SideName
  readonly works: Both<readonly string[]>
  readonly #sides: Both<Side>

  readonly #forget: () => void

  private constructor(first: SideName, works: Both<readonly string[]>, sides: Both<Side>, forget: () => void) {
    this.first = first
    this.works = works
    this.#sides = sides
    this.#forget = forget
  }

  /** @throws Error with what a side said when it does not start, LateError when time is over before */
  static async start(shop: Workshop, trees: Both<Tree>, plan: PairPlan): Promise<Pair> {
    const { seed, first, folder, processor, over } = plan
    const sideOf = (name: SideName) => new Side(name, trees[name], pipesOf(folder), seed)
    const early = sideOf(first)
    const late = sideOf(first === 'base' ? 'tree' : 'base')
    const sides = first === 'base' ? { base: early, tree: late } : { base: late, tree: early }
    const giveUp = (): void => {
      const both = [sides.base, sides.tree]
      const reason = new LateError(both.filter(({ isAsked }) => isAsked).map(({ name }) => name))
      for (const side of both) side.kill(reason)
    }
    over.addEventListener('abort', giveUp, { once: true })
    if (over.aborted) giveUp()
    const forgetStop = shop.onRemove(() => killed(sides))
    const forget = (): void => {
      forgetStop()
      over.removeEventListener('abort', giveUp)
    }
    try {
      const [base, tree] = await Promise.all([sides.base.hear<Ready>(), sides.tree.hear<Ready>()])
      if (processor !== null)
        for (const { process } of Object.values(sides))
          spawnSync('taskset', ['-a', '-c', '-p', String(processor), String(process.pid)])
      return new Pair(first, { base: base.works, tree: tree.works }, sides, forget)
    } catch (error) {
      await killed(sides)
      forget()
      throw error
    }
  }

  async #askBoth<Answer>(orderOf: (name: SideName) => Order): Promise<Both<Answer>> {
    const { base, tree } = this.#sides
    const [left, right] = await Promise.all([base.ask<Answer>(orderOf('base')), tree.ask<Answer>(orderOf('tree'))])
    return { base: left, tree: right }
  }

  start = (work: string, size: number): Promise<Both<Started>> => this.#askBoth(() => ({ do: 'start', work, size }))

  /** Warms each side until it becomes no faster, then the one that has played fewer batches by the others. */
  async settle(ms: number): Promise<Both<Settled>> {
    const { base, tree } = this.#sides
    // One after the other: they may share a processor.
    const settled = {
      base: await base.ask<Settled>({ do: 'settle', ms }),
      tree: await tree.ask<Settled>({ do: 'settle', ms }),
    }
    const most = Math.max(settled.base.played, settled.tree.played)
    await this.#askBoth((name) => ({ do: 'warm', batches: most - settled[name].played }))
    return settled
  }

  warm = (batches: number): Promise<Both<object>> => this.#askBoth(() => ({ do: 'warm', batches }))

  play = (turns: number, batches: number): Promise<Both<Played>> =>
    this.#askBoth((name) => ({ do: 'play', turns, batches, first: name === this.first }))

  end = (): Promise<Both<object>> => this.#askBoth(() => ({ do: 'end' }))

  /** Ends both immediately. */
  async kill(): Promise<void> {
    await killed(this.#sides)
    this.#forget()
  }
}
