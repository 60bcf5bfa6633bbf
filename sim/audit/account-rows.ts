/** How the auditor reads rows of tables of `run.sqlite`: by the place of a row in columns whose order `account-facts.ts` asks for. */
import { amountOf } from './cells.ts'
import type {
  Bill,
  Instance,
  Order,
  OrderChange,
  OrderLine,
  Refusal,
  ReturnedPeriod,
  Step,
  SupervisionStep,
  UsageFault,
} from './facts.ts'
import type { Cells, TableColumns } from './table-feed.ts'
import { NO_SPANS } from './usage-spans.ts'

/** Of most things: no list of its own is made for it. */
export const NO_ROWS: readonly never[] = []

export const accountOf = (of: TableColumns, at: number) => ({
  region: of[1][at],
  segment: (of[2] as Cells | readonly string[])[at] as string,
  number: of[3][at],
})

export const accountStepOf = (of: TableColumns, at: number): Step => ({
  at: of[1][at],
  event: of[2][at],
  from: of[3][at],
  to: of[4][at],
})

export const supervisionStepOf = (of: TableColumns, at: number): SupervisionStep => ({
  at: of[2][at],
  event: of[3][at],
  from: of[4][at],
  to: of[5][at],
  rule: of[6][at],
  by: of[7][at],
})

export const instanceOf = (of: TableColumns, at: number): Instance => ({
  id: of[1][at],
  at: of[2][at],
  order: of[3][at],
  pool: of[4][at],
  specification: of[5][at],
  billing: of[6][at],
  lifetime: of[7][at],
  steps: NO_ROWS,
  spans: NO_SPANS,
  faults: NO_ROWS,
})

export const faultOf = (of: TableColumns, at: number): UsageFault => ({
  item: of[2][at],
  priced: of[3][at],
  hour: of[4][at],
  at: of[5][at],
  seconds: of[6][at],
  amount: of[7][at],
  copy: of[8][at],
  outcome: of[9][at],
})

export const orderOf = (of: TableColumns, at: number): Order => ({
  id: of[1][at],
  at: of[2][at],
  specification: of[3][at],
  pool: of[4][at],
  kind: of[5][at],
  quantity: of[6][at],
  months: of[7][at],
  instances: of[8][at],
  amount: amountOf(of[9][at]),
  subject: of[10][at],
  rule: of[11][at],
  lines: NO_ROWS,
  requoted: NO_ROWS,
  steps: NO_ROWS,
  subscription: NO_ROWS,
  supervision: NO_ROWS,
  changes: NO_ROWS,
  returns: NO_ROWS,
})

export const changeOf = (of: TableColumns, at: number): OrderChange => ({
  at: of[2][at],
  subscription: of[3][at],
  specificationFrom: of[4][at],
  specification: of[5][at],
  quantityFrom: of[6][at],
  quantity: of[7][at],
  plan: of[8][at],
  serverPlan: of[9][at],
  termStart: of[10][at],
  termEnd: of[11][at],
  newTermEnd: of[12][at],
  decidedAt: of[13][at],
  rule: of[14][at],
  planFrom: of[15][at],
  discount: of[16][at],
  discountValue: amountOf(of[17][at]),
})

export const returnOf = (of: TableColumns, at: number): ReturnedPeriod => ({
  at: of[2][at],
  subscription: of[3][at],
  paidOrder: of[4][at],
  begun: of[5][at],
  periodStart: of[6][at],
  periodEnd: of[7][at],
  months: of[8][at],
  cash: amountOf(of[9][at]),
  coupon: amountOf(of[10][at]),
  couponReturned: amountOf(of[11][at]),
  servers: of[12][at],
  returns: of[13][at],
  consumed: amountOf(of[14][at]),
  fee: amountOf(of[15][at]),
  amount: amountOf(of[16][at]),
  rounding: amountOf(of[17][at]),
  tax: amountOf(of[18][at]),
  cloud: amountOf(of[19][at]),
  rule: of[20][at],
})

export const orderLineOf = (of: TableColumns, at: number): OrderLine => ({
  line: of[2][at],
  part: of[3][at],
  plan: of[4][at],
  amount: amountOf(of[5][at]),
  rule: of[6][at],
})

export const billOf = (of: TableColumns, at: number): Bill => ({
  month: of[1][at],
  lines: of[2][at],
  charges: amountOf(of[3][at]),
  rounding: amountOf(of[4][at]),
  payable: amountOf(of[5][at]),
  final: of[6][at],
})

export const refusalOf = (of: TableColumns, at: number): Refusal => ({
  id: of[1][at],
  at: of[2][at],
  code: of[3][at],
  specification: of[4][at],
  pool: of[5][at],
  quantity: of[6][at],
  order: of[7][at],
  lost: amountOf(of[8][at]),
  rule: of[9][at],
  asked:
    of[10][at] === 0
      ? undefined
      : { kind: of[10][at], specification: of[11][at], quantity: of[12][at], months: of[13][at] },
})
