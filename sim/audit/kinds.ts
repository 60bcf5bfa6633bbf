/** Everything the auditor judges, by the name that `audit_totals` and `audit_differences` call it. */
export type KindUnit = 'money' | 'price' | 'seconds' | 'milliseconds' | 'instant' | 'count' | 'flag'

export interface Kind {
  readonly name: string
  readonly rule: string
  readonly unit: KindUnit
  readonly text: string
}

const kind = (name: string, rule: string, unit: KindUnit, text: string): Kind => ({ name, rule, unit, text })

export const kinds = {
  ecsCharge: kind('ecs charge', 'U-01', 'money', 'what an instance owes for one clock hour'),
  imageCharge: kind('image charge', 'U-02', 'money', 'what an image owes for one clock hour'),
  chargeOutside: kind('charge outside use', 'Q-04', 'money', 'a charge for an hour in which nothing was billable'),
  doubleCharge: kind('double charge', 'U-09', 'money', 'a second charge of one resource, item and hour'),
  usageSeconds: kind('usage seconds', 'U-01', 'seconds', 'seconds metered in one clock hour'),
  usagePrice: kind('usage price', 'U-07', 'price', 'the price of an hour'),
  usageFault: kind('usage fault', 'U-09', 'money', 'what an hour costs whose record came late, twice or changed'),
  usageWindow: kind(
    'usage window',
    'U-09',
    'flag',
    'records taken, dropped and reported as the window and the first one say',
  ),
  usageSpan: kind('usage span', 'T-03', 'count', 'spans that begin at a clock hour and belong to their owner'),
  orderLine: kind('order line', 'M-03', 'money', 'a price line, its discount inside, rounded once'),
  taxLine: kind('tax line', 'M-07', 'money', 'tax on the payable before tax'),
  orderAmount: kind('order amount', 'M-04', 'money', 'the sum of the lines of an order'),
  orderShape: kind('order', 'O-01', 'count', 'orders placed as the rules allow'),
  payment: kind('payment', 'O-05', 'money', 'what was drawn for an order'),
  opening: kind('opening', 'M-05', 'money', 'what an account starts with'),
  settlement: kind('settlement', 'U-08', 'money', 'what was drawn for one clock hour, and what fell due'),
  settledAt: kind('settlement time', 'U-08', 'instant', 'when an hour was settled'),
  arrearsPaid: kind('arrears paid', 'A-05', 'money', 'what a top-up paid of the debt'),
  transaction: kind('transaction', 'M-05', 'money', 'postings that sum to zero, on the accounts of their kind'),
  balance: kind('balance', 'Q-01', 'money', 'closing balance of a ledger account and owner'),
  recognition: kind('recognition', 'M-05', 'money', 'revenue earned by the days of a term that have ended'),
  deferred: kind('deferred revenue', 'Q-07', 'money', 'what is paid and not yet earned, per order'),
  billCharges: kind('bill charges', 'I-02', 'money', 'the charges settled in a calendar month'),
  billPayable: kind('bill payable', 'M-02', 'money', 'the payable of a monthly bill'),
  billLines: kind('bill lines', 'I-02', 'count', 'how many charges a bill has'),
  billFinal: kind('bill final', 'I-02', 'flag', 'whether a bill was final within the run'),
  standing: kind('standing', 'A-02', 'instant', 'when an account entered and left arrears, suspension and release'),
  notice: kind('notice', 'A-06', 'instant', 'messages due on the way through arrears'),
  suspension: kind('suspension', 'A-03', 'count', 'servers frozen exactly while their account is suspended'),
  poolHeld: kind('pool held', 'Q-03', 'count', 'units held, never above the capacity in force'),
  poolCapacity: kind('pool capacity', 'E-01', 'count', 'largest capacity in force in a clock hour'),
  poolRoom: kind('pool room', 'E-01', 'milliseconds', 'unit-milliseconds of the capacity in force in a clock hour'),
  poolUse: kind('pool use', 'E-01', 'milliseconds', 'unit-milliseconds held in a clock hour'),
  poolPeak: kind('pool peak', 'Q-03', 'count', 'most units held at once in a clock hour'),
  poolFull: kind('pool full', 'E-02', 'milliseconds', 'how long no unit was free in a clock hour'),
  step: kind('step', 'Q-06', 'count', 'steps that a lifecycle allows'),
  term: kind('term', 'T-05', 'instant', 'the first and last instant of a term'),
  change: kind('order change', 'X-01', 'count', 'what orders say they do to their subscriptions'),
  returned: kind('unsubscription', 'N-03', 'money', 'what unsubscribed periods consumed, cost and give back'),
  termNotice: kind(
    'term notice',
    'R-02',
    'instant',
    'messages due before expiry, freeze and release of a subscription',
  ),
  refund: kind(
    'refund',
    'S-07',
    'money',
    'what goes back of an order that was paid and cancelled, in full, and never more',
  ),
  supervision: kind('supervision', 'S-08', 'instant', 'when a supervised order begins, completes and is closed'),
  breach: kind('silence breach', 'S-06', 'count', 'moves that were owed for more than appeal.silence, told once each'),
  appeal: kind('appeal', 'S-06', 'count', 'appeals on the ground that stands, and what became of them'),
  lost: kind('lost sale', 'E-02', 'money', 'what a refusal did not sell'),
  listPrice: kind('list price', 'M-02', 'price', 'prices, discounts and capacities, as the scenario writes them'),
  coupon: kind('coupon', 'O-05', 'money', 'coupons granted, drawn for orders, lapsed and given back'),
  credit: kind('credit', 'O-05', 'money', 'credit granted, and what was paid back of it'),
  budget: kind('budget', 'O-06', 'money', 'what a reseller`s customer ordered in a month, within his budget'),
  trial: kind('trial', 'O-12', 'count', 'free trials, one an account and product'),
  combined: kind('combined payment', 'O-07', 'count', 'orders paid together, 30 at most'),
  channel: kind('channel', 'C-06', 'count', 'orders of what is listed, by a way that leads to it'),
  invoice: kind('invoice', 'I-03', 'money', 'the sum of the lines an invoice covers, each on one live invoice'),
  invoiceTime: kind('invoice time', 'I-01', 'instant', 'when an invoice is issued and returned'),
  service: kind('service', 'L-01', 'instant', 'support contacts and tickets: who answers, and when'),
  sellerBill: kind('seller bill', 'L-03', 'money', 'what a seller sold, what is withheld, and his share'),
  sellerBillTime: kind('seller bill time', 'L-02', 'instant', 'when a seller`s bill is made'),
  orphan: kind('orphan', 'Q-02', 'count', 'facts about something that the record does not know'),
  unjudged: kind('unjudged', 'Q-08', 'count', 'facts that the auditor has no rule for'),
} as const satisfies Record<string, Kind>
