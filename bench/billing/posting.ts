import { devNull } from 'node:os'
import { HOUR } from '#base/time.ts'
import { Digest } from '#engine/digest.ts'
import { Ledger } from '#sim/cell/ledger.ts'
import { dictionary, wordNumber } from '#sim/market/words.ts'
import { FactLog } from '#sim/record/fact-log.ts'
import { mix } from '../work/work.ts'
import type { BillingWork } from './work.ts'

/** Postings of a transaction below: cash, what is due, two revenues. */
const LEGS = 4
/** Numbers of 8 bytes that a transaction and its postings take in the fact file, the number of their table included. */
const NUMBERS = 9 + LEGS * 6

/** Settles accounts one after another as the market does: a transaction and its postings, checked to sum to zero. */
export function settle(ledger: Ledger, accounts: number, hour: number): void {
  for (let account = 1; account <= accounts; account++) {
    const ecs = 1 + (mix(account, 31) >>> 8)
    const image = 1 + (mix(account, 32) >>> 8)
    const cash = ecs + 1
    const movement = { at: hour + HOUR, kind: 'usage', account, order: 0, hour, repeats: 1 } as const
    ledger.begin({ ...movement, rule: wordNumber('U-08') })
    ledger.post('buyer-cash', account, cash)
    ledger.post('buyer-receivable', account, ecs + image - cash)
    ledger.post('cloud-resource-revenue', 0, -ecs)
    ledger.post('marketplace-revenue', 0, -image)
    ledger.close()
  }
}

/** M-05: double-entry postings a second, folded into the digest of the history and written to the fact file. */
export const posting: BillingWork = {
  work: 'posting',
  subject: 'marketsim',
  sizes: [3000],
  turnSize: 1000,
  start(size) {
    const history = new Digest()
    const log = new FactLog(devNull, history, dictionary)
    const ledger = new Ledger(log.write, dictionary, 1, 1, { offset: 0, end: Number.POSITIVE_INFINITY })
    let hour = 0
    return {
      bytesPerLine: (NUMBERS * 8) / LEGS,
      batch() {
        settle(ledger, size, hour)
        hour += HOUR
        log.drain()
        return size * LEGS
      },
      digest: () => history.hex().slice(0, 8),
      end: () => log.close(),
    }
  },
}
