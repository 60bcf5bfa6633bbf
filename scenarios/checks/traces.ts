/** What a segment with a trace says in vain: a trace is a list of orders, so there is no visit without an order. */
import { type Path, valueAt } from '../document.ts'
import type { Warn } from '../warnings.ts'
import type { Draft } from './draft.ts'

export function warnOfTraces({ buyers }: Draft, data: unknown, warn: Warn): void {
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
