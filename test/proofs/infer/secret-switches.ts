/** Ways in which programs of strangers bill otherwise, and what `reconcile --infer` may say of each: nothing else is right. */
import { Decimal } from 'decimal.js'
import { DAY, monthIn, OFFSET, ours, priceAt, type Row, type Shape, type Steps, type Use } from './other-program.ts'

export interface Secret {
  readonly steps: Partial<Steps>
  /** What may be said of it; where it is left out, only that it is unexplained. */
  readonly right?: RegExp
  readonly shapes?: readonly Shape[]
}

const HOUR = DAY / 24
const D = (value: Decimal.Value): Decimal => new Decimal(value)

const lineRounding = (decimals: number, mode: Decimal.Rounding): Partial<Steps> => ({
  rounded: (amount) => ours.rounded(amount, undefined as unknown as Use).toDecimalPlaces(decimals, mode),
})

/** The sum of rows, each group of them rounded. */
const roundedBy = (key: (row: Row) => string, decimals: number, mode: Decimal.Rounding): Partial<Steps> => ({
  charges: (_, rows) =>
    [...Map.groupBy(rows, key).values()].reduce(
      (total, own) =>
        total.plus(own.reduce((sum, { amount }) => sum.plus(amount), D(0)).toDecimalPlaces(decimals, mode)),
      D(0),
    ),
})

const day = (hour: number): number => Math.floor((hour + OFFSET) / DAY)

/** Offset of central Europe: summer time from the last Sunday of March to that of October, at 01:00 UTC. */
function berlin(instant: number): number {
  const year = new Date(instant).getUTCFullYear()
  const lastSunday = (month: number): number => {
    const last = new Date(Date.UTC(year, month + 1, 0))
    return last.getTime() - last.getUTCDay() * DAY + HOUR
  }
  return instant >= lastSunday(2) && instant < lastSunday(9) ? 2 * HOUR : HOUR
}

/** Offset of New York: summer time from the second Sunday of March at 07:00 UTC to the first of November at 06:00 UTC. */
function newYork(instant: number): number {
  const year = new Date(instant).getUTCFullYear()
  const sunday = (month: number, week: number, hour: number): number => {
    const first = new Date(Date.UTC(year, month, 1)).getUTCDay()
    return Date.UTC(year, month, 1 + ((7 - first) % 7) + 7 * (week - 1), hour)
  }
  return instant >= sunday(2, 2, 7) && instant < sunday(10, 1, 6) ? -4 * HOUR : -5 * HOUR
}

const sums = (rows: readonly Row[], key: (row: Row) => string, change: (row: Row, before: Decimal) => Decimal) => {
  const totals = new Map<string, Decimal>()
  return rows.map((row) => {
    const before = totals.get(key(row)) ?? D(0)
    totals.set(key(row), before.plus(row.amount))
    return { ...row, amount: change(row, before).toDecimalPlaces(8, Decimal.ROUND_DOWN) }
  })
}
const monthly = ({ account, month }: Row): string => `${account} ${month}`
const eachRow = (change: (row: Row, index: number, rows: readonly Row[]) => Row): Partial<Steps> => ({
  rows: (rows) => rows.map(change),
})
const down = (amount: Decimal): Decimal => amount.toDecimalPlaces(8, Decimal.ROUND_DOWN)
const taxed = (percent: number): Partial<Steps> => ({ tax: (charges) => charges.times(percent).div(100) })

const bills: readonly Shape[] = ['charges', 'payable', 'all']
const lines: readonly Shape[] = ['lines']
const withTax: readonly Shape[] = ['payable', 'all']

const [firstOf, lastOf] = [(uses: readonly Use[]) => uses[0], (uses: readonly Use[]) => uses[uses.length - 1]]
const middle = (uses: readonly Use[]): number => (firstOf(uses).hour + lastOf(uses).hour) / 2

/** The sum of groups that each come to so much at most. */
const limited = (rows: readonly Row[], key: (row: Row) => string, most: string): Decimal =>
  [...Map.groupBy(rows, key).values()].reduce(
    (sum, own) =>
      sum.plus(
        Decimal.min(
          most,
          own.reduce((total, { amount }) => total.plus(amount), D(0)),
        ),
      ),
    D(0),
  )

/** A tax by the day that is in the middle of a log. */
function fromMiddle(tax: (day: number, rows: readonly Row[]) => Decimal): Partial<Steps> {
  let at = 0
  return {
    uses: (uses) => {
      at = day(middle(uses)) * DAY - OFFSET
      return uses
    },
    tax: (_, rows) => tax(at, rows),
  }
}

export const secrets: Readonly<Record<string, Secret>> = {
  // Rounding.
  'lines to 4 decimals, half-up': {
    steps: lineRounding(4, Decimal.ROUND_HALF_UP),
    right: /^each line rounded to 4 decimals, half-up/,
  },
  'lines to cents, half-up': {
    steps: lineRounding(2, Decimal.ROUND_HALF_UP),
    right: /^each line rounded to 2 decimals, half-up/,
  },
  'lines to cents, half-even': {
    steps: lineRounding(2, Decimal.ROUND_HALF_EVEN),
    right: /^each line rounded to 2 decimals, half-(even|up)/,
  },
  'lines to 4 decimals, half-even': {
    steps: lineRounding(4, Decimal.ROUND_HALF_EVEN),
    right: /^each line rounded to 4 decimals, half-(even|up)/,
  },
  'lines to cents, up': { steps: lineRounding(2, Decimal.ROUND_UP), right: /^each line rounded to 2 decimals, up/ },
  'lines to 6 decimals, up': {
    steps: lineRounding(6, Decimal.ROUND_UP),
    right: /^each line rounded to 6 decimals, up/,
  },
  'lines to cents, down': {
    steps: lineRounding(2, Decimal.ROUND_DOWN),
    right: /^each line rounded to 2 decimals, truncate/,
  },
  'each day to cents': {
    steps: roundedBy(({ use }) => `${day(use.hour)}`, 2, Decimal.ROUND_HALF_UP),
    right: /sum of each .*day rounded to 2/,
    shapes: bills,
  },
  'each server and day to cents': {
    steps: roundedBy(({ use }) => `${use.resource} ${day(use.hour)}`, 2, Decimal.ROUND_HALF_UP),
    right: /rounded/,
    shapes: bills,
  },
  'each server and month to cents': {
    steps: roundedBy(({ resource }) => resource, 2, Decimal.ROUND_HALF_UP),
    right: /rounded/,
    shapes: bills,
  },
  'each product and month to cents': {
    steps: roundedBy(({ product }) => product, 2, Decimal.ROUND_HALF_UP),
    right: /rounded/,
    shapes: bills,
  },
  'payable rounded up': {
    steps: { payable: (charges, tax) => charges.plus(tax).toDecimalPlaces(2, Decimal.ROUND_UP) },
    right: /round/,
    shapes: withTax,
  },
  'payable rounded down': {
    steps: { payable: (charges, tax) => charges.plus(tax).toDecimalPlaces(2, Decimal.ROUND_DOWN) },
    right: /monthTotal=truncate/,
    shapes: withTax,
  },
  'payable to 5 cents': {
    steps: { payable: (charges, tax) => charges.plus(tax).times(20).toDecimalPlaces(0, Decimal.ROUND_HALF_UP).div(20) },
    right: /round/,
    shapes: withTax,
  },
  // Metering.
  'servers by whole hours': {
    steps: { seconds: (use) => (use.kind === 'ecs' ? D(use.seconds === 3600 ? 3600 : 0) : D(3600)) },
    right: /whole hours/,
  },
  'servers by a tenth of an hour': {
    steps: { seconds: (use) => (use.kind === 'ecs' ? D(Math.ceil(use.seconds / 360) * 360) : D(3600)) },
    right: /6 minutes/,
  },
  'started hours of one account': {
    steps: { seconds: (use) => (use.account === 'beta' ? D(3600) : ours.seconds(use)) },
    right: /hour-ceil; of beta only/,
  },
  'servers by the started minute': {
    steps: { seconds: (use) => (use.kind === 'ecs' ? D(Math.ceil(use.seconds / 60) * 60) : D(3600)) },
    right: /minute/,
  },
  'servers by whole minutes': {
    steps: { seconds: (use) => (use.kind === 'ecs' ? D(Math.floor(use.seconds / 60) * 60) : D(3600)) },
    right: /minute/,
  },
  'servers by the started hour': { steps: { seconds: () => D(3600) }, right: /ecs\.granularity=hour-ceil/ },
  'images by the second': {
    steps: { uses: (uses) => uses.filter(({ seconds }) => seconds > 0), seconds: ({ seconds }) => D(seconds) },
    right: /^(as with image\.whenStopped=free; and )?as with image\.granularity=second/,
  },
  'servers by the quarter of an hour': {
    steps: { seconds: (use) => (use.kind === 'ecs' ? D(Math.ceil(use.seconds / 900) * 900) : D(3600)) },
    right: /quarter|15 min/,
  },
  'servers by the started day': {
    steps: {
      rows: (rows) =>
        rows
          .filter(
            (row, index) =>
              rows.findIndex(
                ({ use }) =>
                  use.resource === row.use.resource && use.kind === row.use.kind && day(use.hour) === day(row.use.hour),
              ) === index,
          )
          .map((row) => ({ ...row, amount: down(ours.hourly(row.use).times(24)) })),
    },
    right: /day/,
  },
  'hours of 3,601 seconds': {
    steps: { seconds: (use) => (use.kind === 'ecs' && use.seconds === 3600 ? D(3601) : ours.seconds(use)) },
  },
  'a leap second in one hour': {
    steps: {
      uses: (uses) => {
        const at = middle(uses)
        const hour = uses.find((use) => use.hour >= at)?.hour
        return uses.map((use) => (use.hour === hour && use.seconds === 3600 ? { ...use, seconds: 3601 } : use))
      },
    },
  },
  'the last hour of each server is dropped': {
    steps: {
      uses: (uses) =>
        uses.filter((use) => use.hour !== lastOf(uses.filter(({ resource }) => resource === use.resource)).hour),
    },
    right: /last/,
  },
  'the first hour of each server is free': {
    steps: { uses: (uses) => uses.filter(({ index }) => index > 0) },
    right: /first/,
  },
  'hours are labelled by their end': {
    steps: { uses: (uses) => uses.map((use) => ({ ...use, hour: use.hour + HOUR })) },
    shapes: lines,
    right: /1 hour later/,
  },
  // Time.
  'months from the 26th on': {
    steps: {
      month: ({ hour }) => {
        const date = new Date(hour + 2 * HOUR + OFFSET)
        const begun = date.getUTCDate() < 26 ? 0 : 1
        return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + begun, 1)).toISOString().slice(0, 7)
      },
    },
    shapes: bills,
    right: /months that begin on day 26/,
  },
  'months of New York, with summer time': {
    steps: { month: ({ hour }) => monthIn(hour + 2 * HOUR, newYork(hour + 2 * HOUR)) },
    shapes: bills,
    right: /New_York|-0[45]:00/,
  },
  'months of Berlin': {
    steps: { month: ({ hour }) => monthIn(hour + 2 * HOUR, berlin(hour)) },
    shapes: bills,
    right: /Berlin|\+0[12]:00/,
  },
  'months of Berlin, by the hour itself': {
    steps: { month: ({ hour }) => monthIn(hour, berlin(hour)) },
    shapes: bills,
    right: /Berlin|[+-]0[012]:00/,
  },
  'months of UTC': { steps: { month: ({ hour }) => monthIn(hour + 2 * HOUR, 0) }, shapes: bills, right: /\+00:00/ },
  'months of New York': {
    steps: { month: ({ hour }) => monthIn(hour + 2 * HOUR, -5 * HOUR) },
    shapes: bills,
    right: /-05:00/,
  },
  'months by the hour itself': {
    steps: { month: ({ hour }) => monthIn(hour, OFFSET) },
    shapes: bills,
    right: /month of their use|\+0[67]:00|settlement/,
  },
  'months of India': {
    steps: { month: ({ hour }) => monthIn(hour + 2 * HOUR, 5.5 * HOUR) },
    shapes: bills,
    right: /\+05:[03]0|\+0[56]:00/,
  },
  // Prices.
  'the new list a day late': {
    steps: { hourly: ({ prices, firstUse }) => priceAt(prices, firstUse - DAY) },
    right: /price list (of .* from .* on|before .* throughout)/,
  },
  'the new list by midnight of UTC': {
    steps: { hourly: ({ prices, firstUse }) => priceAt(prices, firstUse - OFFSET) },
    right: /price list (of .* from .* on|before .* throughout)/,
  },
  'the old list for one account': {
    steps: { hourly: (use) => (use.account === 'acme' ? use.prices[0].hourly : ours.hourly(use)) },
    // Of all accounts where only this one uses what has changed.
    right: /price list before|all lines of/,
  },
  'prices cut to 3 decimals': {
    steps: { hourly: (use) => ours.hourly(use).toDecimalPlaces(3, Decimal.ROUND_DOWN) },
    right: /prices rounded down to 3 decimals|all lines of/,
  },
  'prices of 730 hours in months of 720': {
    steps: { hourly: (use) => ours.hourly(use).times(730).div(720) },
    right: /730 \/ 720|all lines of/,
  },
  'prices of another region': {
    steps: {
      hourly: (use) => {
        const factor = { c6: '1.2', c7: '0.93', m5: '1.31', web: '0.8', sql: '1.15' }[use.product] ?? '1'
        return ours.hourly(use).times(factor).toDecimalPlaces(4, Decimal.ROUND_HALF_UP)
      },
    },
    right: /all lines of/,
  },
  'a product at another price': {
    steps: { hourly: (use) => (use.product === 'c6' ? ours.hourly(use).times(D('1.07')) : ours.hourly(use)) },
    right: /c6/,
  },
  'two products at other prices': {
    steps: {
      hourly: (use) => (use.product === 'c6' ? D('0.123') : use.product === 'c7' ? D('0.456') : ours.hourly(use)),
    },
    right: /c6|c7/,
  },
  'the old list throughout': { steps: { hourly: ({ prices }) => prices[0].hourly }, right: /price list before/ },
  'the new list from the beginning': {
    steps: { hourly: ({ prices }) => prices[prices.length - 1].hourly },
    right: /from the beginning/,
  },
  'the new list ten days late': {
    steps: { hourly: ({ prices, firstUse }) => priceAt(prices, firstUse - 10 * DAY) },
    right: /price list before .* throughout|price list of .* from .* on/,
  },
  'one product of the old list': {
    steps: { hourly: (use) => (use.product === 'c6' ? use.prices[0].hourly : ours.hourly(use)) },
    // Of the whole list where nothing else that is used changes with it.
    right: /c6|^the price list before \S+ throughout$/,
  },
  'prices of whole cents': {
    steps: { hourly: (use) => ours.hourly(use).toDecimalPlaces(2, Decimal.ROUND_HALF_UP) },
    right: /price/,
  },
  'prices of 4 decimals': {
    steps: { hourly: (use) => ours.hourly(use).toDecimalPlaces(4, Decimal.ROUND_HALF_UP) },
    right: /price/,
  },
  'prices by the second of 8 decimals': {
    steps: {
      rounded: (_, use) =>
        use.kind === 'ecs'
          ? ours.hourly(use).div(3600).toDecimalPlaces(8, Decimal.ROUND_HALF_UP).times(use.seconds)
          : down(ours.hourly(use)),
    },
    right: /all lines of/,
  },
  'half price at weekends': {
    steps: {
      hourly: (use) => {
        const of = new Date(use.hour + OFFSET).getUTCDay()
        return of === 0 || of === 6 ? ours.hourly(use).div(2) : ours.hourly(use)
      },
    },
    right: /0\.5 times ours.*on Saturdays and Sundays/,
  },
  'swapped prices': {
    steps: {
      uses: (uses) => {
        const of = (name: string) => uses.find(({ product }) => product === name)?.prices
        return uses.map((use) =>
          use.product === 'c6'
            ? { ...use, prices: of('c7') ?? use.prices }
            : use.product === 'c7'
              ? { ...use, prices: of('c6') ?? use.prices }
              : use,
        )
      },
    },
    right: /c[67] at the price of c[67]|all \d+ lines of c[67]/,
  },
  'months of 30 days': {
    steps: { hourly: (use) => ours.hourly(use).times(30).div(31) },
    right: /divided by|times ours|720 \/ 744|all \d+ lines of/,
  },
  // Money.
  'a rate of exchange': {
    steps: eachRow((row) => ({ ...row, amount: down(row.amount.times('1.0837')) })),
    // A tax on what has none is the same payable.
    right: /1\.0837|tax\.percent 8\.37 .*payables alone/,
  },
  'a rate of exchange by day': {
    steps: eachRow((row) => ({
      ...row,
      amount: down(row.amount.times(D(10_000 + (day(row.use.hour) % 17) * 13).div(10_000))),
    })),
    right: /^every line times one factor for each day/,
  },
  'at least a cent a line': {
    steps: eachRow((row) => ({ ...row, amount: Decimal.max(row.amount, '0.01') })),
    right: /at least/,
  },
  'at most 20.00 a bill': { steps: { charges: (sum) => Decimal.min(sum, 20) }, right: /^at most 20/, shapes: bills },
  'at least 5.00 a bill': { steps: { charges: (sum) => Decimal.max(sum, 5) }, right: /at least/, shapes: bills },
  'the first 10.00 free': {
    steps: {
      rows: (rows) =>
        sums(rows, monthly, ({ amount }, before) => Decimal.max(0, Decimal.min(amount, before.plus(amount).minus(10)))),
    },
    // Of bills above it.
    right: /^10\.0+ taken off every bill/,
  },
  'the first 20 hours of each server free': {
    steps: { uses: (uses) => uses.filter(({ index }) => index >= 20) },
    right: /^the first 20 hours of each server/,
  },
  'half price above 20.00': {
    steps: { rows: (rows) => sums(rows, monthly, ({ amount }, before) => (before.gt(20) ? amount.div(2) : amount)) },
  },
  '10 % off bills above 30.00': {
    steps: { charges: (sum) => (sum.gt(30) ? down(sum.times('0.9')) : sum) },
    // Where all bills are above it.
    right: /^every bill is 0\.9 times ours/,
    shapes: bills,
  },
  '10 % off': {
    steps: eachRow((row) => ({ ...row, amount: down(row.amount.times('0.9')) })),
    right: /0\.9 times ours/,
  },
  '3 % off, rounded half-up': {
    steps: eachRow((row) => ({ ...row, amount: row.amount.times('0.97').toDecimalPlaces(8, Decimal.ROUND_HALF_UP) })),
    right: /0\.97 times ours/,
  },
  'started hours, 10 % off and months of UTC': {
    steps: {
      seconds: () => D(3600),
      month: ({ hour }) => monthIn(hour + 2 * HOUR, 0),
      charges: (sum) => down(sum.times('0.9')),
    },
    shapes: ['charges', 'all'],
    // Where nothing is used at the end of a month, there are two.
    right: /hour-ceil.*0\.9 times ours/,
  },
  '15 % off each bill, rounded to cents': {
    steps: { charges: (sum) => sum.times('0.85').toDecimalPlaces(2, Decimal.ROUND_HALF_UP) },
    shapes: bills,
    right: /0\.85 times ours/,
  },
  '12.5 % off each bill': {
    steps: { charges: (sum) => down(sum.times('0.875')) },
    shapes: bills,
    right: /0\.875 times ours/,
  },
  '10 % off after tax of 20': {
    steps: { tax: (charges) => charges.times('0.08') },
    shapes: withTax,
    right: /tax\.percent 8 /,
  },
  'discount of acme': {
    steps: eachRow((row) => (row.account === 'acme' ? { ...row, amount: down(row.amount.times('0.85')) } : row)),
    right: /acme/,
  },
  'discount of a server': {
    steps: eachRow((row) => (row.resource === 'i-1' ? { ...row, amount: down(row.amount.times('0.85')) } : row)),
    right: /of i-1 only|of beta only|all lines of/,
  },
  'discount of two accounts': {
    steps: eachRow((row) =>
      row.account === 'acme' || row.account === 'beta' ? { ...row, amount: down(row.amount.times('0.85')) } : row,
    ),
    right: /acme|2 accounts/,
  },
  'a voucher of 5.00 on each bill': {
    steps: { charges: (sum) => Decimal.max(0, sum.minus(5)) },
    shapes: bills,
    right: /5/,
  },
  'a fee of 1.00 on each bill': { steps: { charges: (sum) => sum.plus(1) }, shapes: bills, right: /1/ },
  'tax of 20': { steps: taxed(20), shapes: withTax, right: /^tax\.percent 20 instead/ },
  'tax of 7.7': { steps: taxed(7.7), shapes: withTax, right: /^tax\.percent 7\.7 instead/ },
  'tax of 8.875': { steps: taxed(8.875), shapes: withTax, right: /^tax\.percent 8\.875 instead/ },
  'tax included': {
    steps: { tax: (charges) => charges.times(20).div(120), payable: (charges) => ours.payable(charges, D(0)) },
    shapes: ['all'],
    right: /included/,
  },
  'tax on images only': {
    steps: {
      tax: (_, rows) =>
        rows.reduce((sum, { use, amount }) => (use.kind === 'image' ? sum.plus(amount) : sum), D(0)).times('0.2'),
    },
    shapes: withTax,
    right: /20.*image/,
  },
  'tax of 20 from a day on': {
    steps: fromMiddle((day, rows) =>
      rows.reduce((sum, { use, amount }) => (use.hour >= day ? sum.plus(amount) : sum), D(0)).times('0.2'),
    ),
    shapes: withTax,
    // Of a log of one month that is the rate from then on.
    right: /^tax\.percent 20 instead of 0 from /,
  },
  'taxes of servers and of images': {
    steps: {
      tax: (_, rows) =>
        rows.reduce((sum, { use, amount }) => sum.plus(amount.times(use.kind === 'image' ? '0.07' : '0.19')), D(0)),
    },
    shapes: withTax,
    // Where only one of both is used.
    right:
      /^tax\.percent (7|19) instead|^tax\.percent (19 on use of kind ecs, 7 on use of kind image|7 on use of kind image, 19 on use of kind ecs), instead of 0/,
  },
  'tax in cents': {
    steps: { tax: (charges) => charges.times('0.19').toDecimalPlaces(2, Decimal.ROUND_HALF_UP) },
    shapes: ['all'],
    right: /^tax\.percent 19 instead of 0; and the tax of each bill rounded to 2/,
  },
  'charges and tax in cents': {
    steps: {
      charges: (sum) => sum.toDecimalPlaces(2, Decimal.ROUND_HALF_UP),
      tax: (charges) => charges.times('0.19').toDecimalPlaces(2, Decimal.ROUND_HALF_UP),
    },
    shapes: ['all'],
    right: /^tax\.percent 19 instead of 0; and charges and tax of each bill rounded to 2/,
  },
  'tax on each line in cents': {
    steps: {
      tax: (_, rows) =>
        rows.reduce((sum, { amount }) => sum.plus(amount.times('0.2').toDecimalPlaces(2, Decimal.ROUND_HALF_UP)), D(0)),
    },
    shapes: withTax,
    right: /^tax\.percent 20 instead of 0; and the tax of each line rounded to 2 decimals, half-up/,
  },
  'tax of 20 on rounded lines': {
    steps: { ...lineRounding(3, Decimal.ROUND_HALF_UP), ...taxed(20) },
    shapes: withTax,
    right: /tax\.percent 20.*rounded to 3|rounded to 3.*tax\.percent 20/,
  },
  'tax of 19, old list': {
    steps: { hourly: ({ prices }) => prices[0].hourly, ...taxed(19) },
    shapes: withTax,
    right: /price list before.*tax\.percent 19|tax\.percent 19.*price list before|tax\.percent 19 /,
  },
  'a product at another price and another tax': {
    steps: { hourly: (use) => (use.product === 'c6' ? ours.hourly(use).times('1.1') : ours.hourly(use)), ...taxed(20) },
    shapes: withTax,
    // Where none of it is used there is another tax only.
    right: /c6.*20|20.*c6|^tax\.percent 20 instead/,
  },
  'rates of exchange by month': {
    steps: {
      rows: (rows) =>
        rows.map((row) => ({
          ...row,
          amount: down(row.amount.times(row.month === rows[0].month ? '1.0812' : '1.0837')),
        })),
    },
    // Of a log of one month, and of bills of which one month has only one.
    right:
      /^every line times one factor for each month, as rates of exchange are: 1\.08(12|37) in .*1\.08(12|37)|1\.0812|tax\.percent 8\.12 .*payables alone/,
  },
  'the list six hours late': {
    steps: { hourly: ({ prices, firstUse }) => priceAt(prices, firstUse - 6 * HOUR) },
    right: /price list (of .* from .* on|before .* throughout)/,
  },
  'a product at another price in lines with tax': {
    steps: {
      hourly: (use) => (use.product === 'c6' ? ours.hourly(use).times('1.1') : ours.hourly(use)),
      rounded: (amount) => down(amount.times('1.2')),
    },
    shapes: lines,
    right: /^every line is 1\.2 times ours, 20 % on top: tax on each, or other prices(; and all lines of c6 at|$)/,
  },
  'at most 1.50 for a server and day': {
    steps: { charges: (_, rows) => limited(rows, ({ use }) => `${use.resource} ${day(use.hour)}`, '1.5') },
    shapes: bills,
    right: /at most 1\.50* for each/,
  },
  'at most 20.00 for a server and month': {
    steps: { charges: (_, rows) => limited(rows, ({ resource }) => resource, '20') },
    shapes: bills,
    right: /at most 20\.0* for (each|every)/,
  },
  'no more than 100 hours of a server and month': {
    steps: {
      rows: (rows) => {
        const counts = new Map<string, number>()
        return rows.filter(({ use, month }) => {
          const key = `${use.resource} ${use.kind} ${month}`
          counts.set(key, (counts.get(key) ?? 0) + 1)
          return (counts.get(key) ?? 0) <= 100
        })
      },
    },
    right: /no more than 100 hours of each server/,
  },
  'half of what is above 20.00': {
    steps: { charges: (sum) => (sum.gt(20) ? down(sum.plus(20).div(2)) : sum) },
    shapes: bills,
    right: /^what of each bill is above 20\.0* at 0\.5/,
  },
  'the first 50 hours of servers of an account free': {
    steps: {
      uses: (uses) => {
        const counts = new Map<string, number>()
        const free = new Set<Use>()
        for (const use of uses.toSorted((a, b) => a.hour - b.hour)) {
          const key = `${use.account} ${ours.month(use)}`
          if (use.kind !== 'ecs') continue
          counts.set(key, (counts.get(key) ?? 0) + 1)
          if ((counts.get(key) ?? 0) <= 50) free.add(use)
        }
        return uses.filter((use) => !free.has(use))
      },
    },
    right: /first 50 hours of (all servers of an account together|each server)/,
  },
  // What is there.
  'a month without bills': {
    steps: { bills: (all) => all.filter(({ month }) => month !== all[0].month) },
    shapes: bills,
    right: /no bill of .*20\d\d-\d\d|no charge of i-|no charge of/,
  },
  'a bill missing': {
    steps: { bills: (all) => all.slice(1) },
    shapes: bills,
    right: /no bill of|no charge of/,
  },
  'an account for nothing': {
    steps: eachRow((row) => (row.account === 'beta' ? { ...row, amount: D(0) } : row)),
    shapes: lines,
    right: /^no charge of/,
  },
  'other names of all products': {
    steps: eachRow((row) => ({ ...row, product: `${row.product}-v2` })),
    shapes: lines,
    right: /^(\w+ is called \w+-v2(, )?)+$/,
  },
  'ten hours missing': {
    steps: {
      uses: (uses) => {
        const at = Math.floor(middle(uses) / HOUR) * HOUR
        return uses.filter(({ hour }) => hour < at || hour >= at + 10 * HOUR)
      },
    },
    shapes: ['lines', 'charges', 'all'],
    right: /^no charge of/,
  },
  'ten hours twice': {
    steps: {
      rows: (rows) => {
        const at = Math.floor(middle(rows.map(({ use }) => use)) / HOUR) * HOUR
        return [...rows, ...rows.filter(({ use: { hour } }) => hour >= at && hour < at + 10 * HOUR)]
      },
    },
    shapes: ['lines', 'charges', 'all'],
    right: /^every charge .*twice$/,
  },
  'the log ends three days early': {
    steps: { uses: (uses) => uses.filter(({ hour }) => hour < Math.max(...uses.map((use) => use.hour)) - 3 * DAY) },
    shapes: ['charges', 'all'],
    right: /^no (charge of|bill of)/,
  },
  'a credit of 3.00 on the first bill of each account': {
    steps: {
      bills: (all) =>
        all.map((bill) => {
          if (all.some(({ account, month }) => account === bill.account && month < bill.month)) return bill
          const charges = Decimal.max(0, bill.charges.minus(3))
          return { ...bill, charges, payable: ours.payable(charges, D(0)) }
        }),
    },
    shapes: ['charges', 'all'],
    // Where no account has a second bill.
    right: /^3\.0+ taken off (every bill|the first bill of each account)/,
  },
  'a few hours of images missing': {
    steps: { rows: (rows) => rows.filter(({ use }) => use.kind !== 'image' || use.index % 37 !== 20) },
  },
  'a charge missing': {
    steps: { rows: (rows) => rows.filter((_, index) => index !== Math.floor(rows.length / 3)) },
    // Of an hour with one charge only.
    right:
      /^one hour of \S+( with \S+)?( or \S+( with \S+)?)* is missing|^no charge of (i-|the hour|any resource in 1 hours)/,
  },
  'a charge twice': {
    steps: { rows: (rows) => [...rows, rows[Math.floor(rows.length / 3)]] },
    right: /^one hour of .* is there twice|twice/,
  },
  'names of servers swapped': {
    steps: {
      rows: (rows) => {
        const [first] = rows
        const other = rows.find(({ account }) => account !== first.account) ?? first
        const renamed = new Map([
          [first.resource, other],
          [other.resource, first],
        ])
        return rows.map((row) => {
          const { resource, account } = renamed.get(row.resource) ?? row
          return { ...row, resource, account }
        })
      },
    },
    right: /^the charges of i-\d+ and i-\d+ are swapped/,
  },
  'servers in capitals': {
    steps: eachRow((row) => ({ ...row, resource: row.resource.toUpperCase() })),
    shapes: lines,
    right: /^i-0 is called I-0, i-1 is called I-1/,
  },
  'a server missing from a day on': {
    steps: {
      uses: (uses) => uses.filter((use) => use.resource !== uses[0].resource || use.hour < uses[0].hour + 2 * DAY),
    },
    right: /i-\d+.* from|from/,
  },
  'a server missing': {
    steps: { uses: (uses) => uses.filter(({ resource }) => resource !== uses[uses.length - 1].resource) },
    right: /no charge of i-/,
  },
  'an account missing': {
    steps: { uses: (uses) => uses.filter(({ account }) => account !== 'beta') },
    right: /beta|no charge of/,
  },
  'a product missing': { steps: { uses: (uses) => uses.filter(({ product }) => product !== 'web') }, right: /web/ },
  'images missing': {
    steps: { uses: (uses) => uses.filter(({ kind }) => kind !== 'image') },
    right: /image|^no charge of \w+$/,
  },
  'Sundays free': {
    steps: { uses: (uses) => uses.filter(({ hour }) => new Date(hour + OFFSET).getUTCDay() !== 0) },
    right: /^no charge of any resource on Sundays/,
  },
  'the first day of each account free': {
    steps: {
      uses: (uses) => {
        const first = new Map<string, number>()
        for (const { account, hour } of uses) first.set(account, Math.min(first.get(account) ?? hour, hour))
        return uses.filter(({ account, hour }) => hour >= (first.get(account) ?? hour) + DAY)
      },
    },
    right: /^the first day of each account free/,
  },
  'one more hour of each server': {
    steps: {
      uses: (uses) =>
        [...Map.groupBy(uses, ({ resource, kind }) => `${resource} ${kind}`).values()].flatMap((own) => {
          const last = lastOf(own)
          return [...own, { ...last, hour: last.hour + HOUR, index: last.index + 1 }]
        }),
    },
  },
  'the last hour of each server free': {
    steps: {
      uses: (uses) =>
        [...Map.groupBy(uses, ({ resource, kind }) => `${resource} ${kind}`).values()].flatMap((own) =>
          own.slice(0, -1),
        ),
    },
    right: /^the last hour of each server and image free/,
  },
  'a day missing': {
    steps: {
      uses: (uses) => {
        const at = day(middle(uses))
        return uses.filter(({ hour }) => day(hour) !== at)
      },
    },
    right: /^no charge of (any resource in 24 hours|20)/,
  },
  'a day twice': {
    steps: {
      rows: (rows) => {
        const at = day(middle(rows.map(({ use }) => use)))
        return [...rows, ...rows.filter(({ use }) => day(use.hour) === at)]
      },
    },
    right: /every charge of (24 hours|20.*) twice/,
  },
  'every tenth charge twice': {
    steps: { rows: (rows) => [...rows, ...rows.filter((_, index) => index % 10 === 0)] },
    right: /charges twice/,
  },
  'digits of a charge transposed': {
    steps: {
      rows: (rows) => {
        const at = rows.findIndex(({ amount }) => transposed(amount) !== undefined)
        return rows.map((row, index) => (index === at ? { ...row, amount: transposed(row.amount) ?? row.amount } : row))
      },
    },
    shapes: lines,
    right: /two digits/,
  },
  'digits of a bill transposed': {
    steps: {
      bills: (all) =>
        all.map((bill, index) => (index === 1 ? { ...bill, payable: transposed(bill.payable) ?? bill.payable } : bill)),
    },
    shapes: ['payable'],
    right: /two digits/,
  },
  'an account twice': {
    steps: { rows: (rows) => [...rows, ...rows.filter(({ account }) => account === 'acme')] },
    right: /twice|2 times ours/,
  },
  'accounts in turn': {
    steps: eachRow((row) => ({
      ...row,
      account: { acme: 'beta', beta: 'zeta', zeta: 'acme' }[row.account] ?? row.account,
    })),
    shapes: bills,
    right: /the bills of .* are those of/,
  },
  'another name of an account': {
    steps: eachRow((row) => ({ ...row, account: row.account === 'acme' ? 'acme-1' : row.account })),
    shapes: bills,
    right: /acme is called acme-1/,
  },
  'accounts in capitals': {
    steps: eachRow((row) => ({ ...row, account: row.account.toUpperCase() })),
    shapes: bills,
    right: /acme is called ACME/,
  },
  'bills by the month after': {
    steps: {
      bills: (all) =>
        all.map((bill) => {
          const [year, month] = bill.month.split('-').map(Number)
          return { ...bill, month: new Date(Date.UTC(year, month, 1)).toISOString().slice(0, 7) }
        }),
    },
    shapes: bills,
    right: /^every bill under the month after its own/,
  },
  'the sign of one account': {
    steps: eachRow((row) => (row.account === 'acme' ? { ...row, amount: row.amount.neg() } : row)),
    right: /opposite sign/,
  },
  'the sign of a charge': {
    steps: eachRow((row, index) => (index === 3 ? { ...row, amount: row.amount.neg() } : row)),
    shapes: lines,
    right: /one charge with the opposite sign/,
  },
  'accounts swapped': {
    steps: eachRow((row) => ({ ...row, account: { acme: 'beta', beta: 'acme' }[row.account] ?? row.account })),
    shapes: bills,
    right: /acme and beta|beta and acme/,
  },
  'a server of another account': {
    steps: {
      rows: (rows) =>
        rows.map((row) =>
          row.resource === rows[0].resource ? { ...row, account: row.account === 'beta' ? 'zeta' : 'beta' } : row,
        ),
    },
    shapes: bills,
    right: /i-\d/,
  },
  'names swapped': {
    steps: eachRow((row) => ({ ...row, product: { c6: 'c7', c7: 'c6' }[row.product] ?? row.product })),
    shapes: lines,
    right: /is called/,
  },
  'charges of other servers': {
    steps: eachRow((row, index, rows) => ({ ...row, amount: rows[(index + 7) % rows.length].amount })),
  },
}

/** The same amount with the first two neighbouring digits that differ the other way round. */
function transposed(amount: Decimal): Decimal | undefined {
  const text = amount.toFixed()
  for (let at = 0; at + 1 < text.length; at++) {
    const [a, b] = [text[at], text[at + 1]]
    if (a === b || a === '.' || b === '.' || a === '0') continue
    if (b === '0' && at === 0) continue
    return D(text.slice(0, at) + b + a + text.slice(at + 2))
  }
  return undefined
}
