/** What a segment with a trace says in vain: a trace is a list of orders, so there is no visit without an order. */
import { DAY } from '#base/time.ts'
import { type Path, valueAt } from '../document.ts'
import type { Warn } from '../warnings.ts'
import type { Draft, Report } from './draft.ts'

/** Blocks are drawn from the whole ones of the run: of a single one, every draw is the same. */
export function checkResampling({ buyers, start, end, duration }: Draft, report: Report): void {
  const until = end ?? (start === undefined || duration === undefined ? undefined : start + duration)
  if (start === undefined || until === undefined) return
  buyers.forEach((segment, index) => {
    if (segment?.load.kind !== 'trace' || segment.load.resample === undefined) return
    const { block } = segment.load.resample
    if (until - start >= 2 * (block === 'day' ? DAY : 7 * DAY)) return
    report(['buyers', index, 'load', 'trace', 'resample', 'block'], {
      what: `blocks of a ${block} in a run that has fewer than two of them`,
      expected: `a run of at least two ${block}s`,
      hint: block === 'week' ? 'write day, or a longer run' : 'write a longer run',
    })
  })
}

/** Of fewer blocks the interval of resamples covers less than it says (docs/trust.md). */
const ENOUGH_BLOCKS = 60

function warnOfFewBlocks({ buyers, start, end, duration }: Draft, warn: Warn): void {
  const until = end ?? (start === undefined || duration === undefined ? undefined : start + duration)
  if (start === undefined || until === undefined) return
  buyers.forEach((segment, index) => {
    if (segment?.load.kind !== 'trace' || segment.load.resample === undefined) return
    const { block } = segment.load.resample
    const blocks = Math.floor((until - start) / (block === 'day' ? DAY : 7 * DAY))
    if (blocks >= ENOUGH_BLOCKS) return
    warn(['buyers', index, 'load', 'trace', 'resample', 'block'], {
      code: 'few-blocks',
      what: `resamples of ${blocks} ${block}s: the interval of a sweep covers 85 to 94 % instead of 95 %`,
      hint: block === 'week' ? 'write day, or replay 60 weeks' : 'replay 60 days or more',
    })
  })
}

export function warnOfTraces(draft: Draft, data: unknown, warn: Warn): void {
  const { buyers } = draft
  warnOfFewBlocks(draft, warn)
  buyers.forEach((segment, index) => {
    if (segment?.load.kind !== 'trace') return
    const path: Path = ['buyers', index]
    const ignored = (at: Path, what: string, hint: string) => {
      if (valueAt(data, at) !== undefined) warn(at, { code: 'ignored-with-trace', what, hint }, 'key')
    }
    ignored([...path, 'unmet'], 'a trace has only orders: none of its visits ends without one', 'remove unmet')
    ignored([...path, 'channels'], 'a trace has only orders: its buyers search for no product', 'remove channels')
    if (segment.load.columns.quantity === null) return
    segment.buys.forEach((_, b) => {
      const what = 'the quantity column of the trace is used instead'
      ignored([...path, 'buys', b, 'quantity'], what, 'remove quantity here, or from the columns of the trace')
    })
  })
}
