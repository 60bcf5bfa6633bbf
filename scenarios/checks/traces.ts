/** What a segment with a trace says in vain: a trace is a list of orders, so nobody looks around before one. */
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
    ignored([...path, 'unmet'], 'a trace has orders only: no visit of it ends without one', 'remove unmet')
    ignored([...path, 'channels'], 'a trace has orders only: no product is looked for', 'remove channels')
    if (segment.load.columns.quantity === null) return
    segment.buys.forEach((_, b) => {
      const what = 'the trace has a column of quantities, which counts'
      ignored([...path, 'buys', b, 'quantity'], what, 'remove quantity here, or from the columns of the trace')
    })
  })
}
