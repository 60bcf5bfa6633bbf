import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Order, Played, Ready, Settled, Started } from './side.ts'
import type { Tree } from './trees.ts'
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
  NODE_DISABLE_COMPILE_CACHE: '1',
  MARKETSIM_BENCH_SCENARIO: join(folder, 'scenario.v8'),
  TMPDIR: folder,
})

/** One process, asked line by line. */
class Side {
  readonly process: ChildProcess
  readonly ended: Promise<void>
  readonly #heard: string[] = []
  #waiting: { resolve(line: string): void; reject(error: Error): void } | null = null
  #failure: Error | null = null

  constructor(tree: Tree, own: string, other: string, seed: number) {
    this.process = spawn(
      process.execPath,
      [...sideFlags(seed), join(tree.folder, 'bench/compare/side.ts'), own, other],
      {
        cwd: tree.folder,
        stdio: ['pipe', 'pipe', 'pipe'],
        env: treeEnvironment(tree.folder),
      },
    )
    let text = ''
    let errors = ''
    this.process.stdout!.on('data', (data) => {
      text += data
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n')) {
        this.#hear(text.slice(0, end))
        text = text.slice(end + 1)
      }
    })
    this.process.stderr!.on('data', (data) => {
      errors += data
    })
    // A side that has died is reported by its exit.
    this.process.stdin!.on('error', () => {})
    this.ended = new Promise((resolve) => {
      this.process.on('close', (code, signal) => {
        this.#failure = new Error(`a process of measuring ended with ${code ?? signal}: ${errors.trim().slice(-2000)}`)
        this.#waiting?.reject(this.#failure)
        resolve()
      })
    })
  }

  #hear(line: string): void {
    const waiting = this.#waiting
    this.#waiting = null
    if (waiting === null) this.#heard.push(line)
    else waiting.resolve(line)
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
  for (const { process } of [base, tree]) process.kill('SIGKILL')
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
}

/** Names of the pipes in a folder. */
const pipesOf = (folder: string): Both<string> => ({ base: join(folder, 'base'), tree: join(folder, 'tree') })

/** Makes the pipes over which the sides hand each other the turn. */
export function layPipes(folder: string): void {
  execFileSync('mkfifo', Object.values(pipesOf(folder)), { stdio: ['ignore', 'ignore', 'pipe'] })
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

  /** @throws Error with what a side said when it does not start */
  static async start(shop: Workshop, trees: Both<Tree>, { seed, first, folder, processor }: PairPlan): Promise<Pair> {
    const pipes = pipesOf(folder)
    const other = { base: 'tree', tree: 'base' } as const
    const sideOf = (name: SideName) => new Side(trees[name], pipes[name], pipes[other[name]], seed)
    const early = sideOf(first)
    const late = sideOf(other[first])
    const sides = first === 'base' ? { base: early, tree: late } : { base: late, tree: early }
    const forget = shop.onRemove(() => killed(sides))
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

  /** Lets both end. */
  async close(): Promise<void> {
    for (const { process } of Object.values(this.#sides)) process.stdin!.end()
    await Promise.all([this.#sides.base.ended, this.#sides.tree.ended])
    this.#forget()
  }

  /** Ends both immediately. */
  async kill(): Promise<void> {
    await killed(this.#sides)
    this.#forget()
  }
}
