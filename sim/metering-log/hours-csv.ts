/** hours.csv and bills.csv as text: exact decimals, names quoted where they must be. */
import { formatInstant, formatMonth } from '#base/civil-time.ts'
import { csvField } from '#base/csv-text.ts'
import { formatAmount, formatMoney } from '#base/money.ts'
import { formatPayable } from '../billing/minor-units.ts'
import type { RatedHour } from './hour-pricer.ts'
import type { RatedBill } from './rate-log.ts'

export const hoursHead = 'account,resource,hour,kind,product,seconds,hours,unit_price,amount,rule\n'
export const billsHead = 'account,month,lines,charges,tax,payable\n'
export const problemsHead = 'line,kind,problem\n'

const MOST_HOURS = 1 << 16

export class HourLines {
  readonly #offset: number
  readonly #hours = new Map<number, string>()
  #names = ''
  #product = ''
  #productField = ''
  #account = ''
  #resource = ''

  constructor(utcOffset: number) {
    this.#offset = utcOffset
  }

  /** The line of a charge: seconds where they are charged, 1 hour where the started hour is. */
  line(hour: RatedHour): string {
    if (hour.resource !== this.#resource || hour.account !== this.#account) {
      this.#resource = hour.resource
      this.#account = hour.account
      this.#names = `${csvField(hour.account)},${csvField(hour.resource)},`
    }
    if (hour.product !== this.#product) {
      this.#product = hour.product
      this.#productField = csvField(hour.product)
    }
    const used = hour.by === 'second' ? `${hour.seconds},` : ',1'
    return `${this.#names}${this.#hour(hour.hour)},${hour.kind},${this.#productField},${used},${hour.hourlyText},${formatMoney(hour.amount)},${hour.rule}\n`
  }

  #hour(hour: number): string {
    let text = this.#hours.get(hour)
    if (text === undefined) {
      text = formatInstant(hour, this.#offset)
      if (this.#hours.size >= MOST_HOURS) this.#hours.clear()
      this.#hours.set(hour, text)
    }
    return text
  }
}

/** `decimals` are the currency's minor units (M-08); charges and tax have 8. */
export const billLine = ({ account, month, lines, charges, tax, payable }: RatedBill, decimals: number): string =>
  `${csvField(account)},${formatMonth(month)},${lines},${formatAmount(charges)},${formatAmount(tax)},${formatPayable(payable, decimals)}\n`
