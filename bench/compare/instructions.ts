import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Both, sideFlags, treeEnvironment } from './pair.ts'
import type { Tree } from './trees.ts'
import type { Workshop } from './workshop.ts'

/**
 * Instructions as a second measure: the same on a busy machine as on a quiet one. By the processor's own counters where
 * `perf stat` may read them; else in callgrind's simulated processor, some fifty times slower.
 */

export type Counter =
  | { readonly isThere: true; readonly tool: 'perf stat' | 'callgrind' }
  | { readonly isThere: false; readonly reason: string }

/** A work to be counted: so many batches after so many that only warm up. */
export interface Portion {
  readonly work: string
  readonly size: number
  readonly warm: number
  readonly batches: number
}

export interface Instructions {
  readonly counter: Counter | null
  /** Of the portion, by work. */
  readonly counts: ReadonlyMap<string, Both<number>>
}

/** The instructions in the lines that `perf stat -x,` writes; null where they were not counted. */
export function perfCount(text: string): number | null {
  const line = text.split('\n').find((line) => line.includes(',instructions'))
  const count = Number(line?.split(',')[0] || 'none')
  return Number.isFinite(count) && count > 0 ? count : null
}

/** The instructions in a file of callgrind; null where it has none. */
export function callgrindCount(text: string): number | null {
  const match = /^(?:totals|summary): (\d+)/m.exec(text)
  return match === null || match[1] === '0' ? null : Number(match[1])
}

/** How instructions can be counted on this machine. */
export function findCounter(): Counter {
  const perf = spawnSync('perf', ['stat', '-x,', '-e', 'instructions:u', 'true'], { encoding: 'utf8' })
  if (perf.error === undefined && perfCount(perf.stderr) !== null) return { isThere: true, tool: 'perf stat' }
  const valgrind = spawnSync('valgrind', ['--version'], { encoding: 'utf8' })
  if (valgrind.error === undefined && valgrind.status === 0) return { isThere: true, tool: 'callgrind' }
  const counters = perf.error === undefined ? 'perf stat may not read counters here' : 'perf is not installed'
  return { isThere: false, reason: `${counters}, and valgrind is not installed (Debian: apt install valgrind)` }
}

/** The native function in which `counted.ts` runs what is to be counted, and nothing else does. */
const inside = 'node::contextify::ContextifyScript::RunInContext*'

/** What is run before node, and the file it writes. */
function wrapper(tool: 'perf stat' | 'callgrind', folder: string): { words: string[]; file: string } {
  const file = join(folder, tool === 'callgrind' ? 'callgrind.out' : 'perf.csv')
  if (tool === 'callgrind')
    return {
      words: [
        'valgrind',
        '--tool=callgrind',
        '--smc-check=all-non-file',
        `--toggle-collect=${inside}`,
        `--callgrind-out-file=${file}`,
      ],
      file,
    }
  const [control, acknowledged] = [join(folder, 'control'), join(folder, 'acknowledged')]
  spawnSync('mkfifo', [control, acknowledged])
  const pipes = `fifo:${control},${acknowledged}`
  return { words: ['perf', 'stat', '-x,', '-e', 'instructions:u', '-D', '-1', '--control', pipes, '-o', file], file }
}

/** How long counting may take, and what is said meanwhile. */
interface Patience {
  /** s, for each work. */
  readonly within: number
  readonly say: (line: string) => void
}

/** Counts one portion of one tree; null where that takes too long. @throws Error with what the tool said */
async function count(
  shop: Workshop,
  name: string,
  { folder: tree }: Tree,
  tool: 'perf stat' | 'callgrind',
  portion: Portion,
  within: number,
): Promise<number | null> {
  const folder = shop.folderFor(name)
  const { words, file } = wrapper(tool, folder)
  const [program, ...rest] = [
    ...words,
    process.execPath,
    ...sideFlags(1),
    join(tree, 'bench/compare/counted.ts'),
    JSON.stringify(portion),
    tool === 'perf stat' ? folder : '',
  ]
  const place = { cwd: tree, env: treeEnvironment(tree), timeout: within * 1000 }
  const { status, stderr, isLate } = await shop.run(program, rest, place)
  if (isLate) return null
  const text = status === 0 ? readFileSync(file, 'utf8') : ''
  const counted = tool === 'callgrind' ? callgrindCount(text) : perfCount(text)
  if (counted === null) throw new Error(`${tool} counted nothing (${status}): ${stderr.trim().slice(-1000)}`)
  return counted
}

/** Counts works, each in a process of its own, both sides at the same time. Where that fails, the counter says why. */
export async function countInstructions(
  shop: Workshop,
  trees: Both<Tree>,
  portions: readonly Portion[],
  { within, say }: Patience,
): Promise<Instructions> {
  const counter = findCounter()
  const counts = new Map<string, Both<number>>()
  if (!counter.isThere) return { counter, counts }
  try {
    for (const [at, portion] of portions.entries()) {
      say(`counting instructions by ${counter.tool}: ${portion.work}, ${at + 1} of ${portions.length}`)
      const [base, tree] = await Promise.all([
        count(shop, `count-base-${at}`, trees.base, counter.tool, portion, within),
        count(shop, `count-tree-${at}`, trees.tree, counter.tool, portion, within),
      ])
      if (base === null || tree === null) say(`${portion.work} is not counted: it took more than ${within} s`)
      else counts.set(portion.work, { base, tree })
    }
  } catch (error) {
    return { counter: { isThere: false, reason: (error as Error).message }, counts }
  }
  return { counter, counts }
}
