/**
 * What a run records: every fact table with its columns, units and meaning. This list is the schema: the fact log's
 * layout, the SQLite tables, the views and `docs/record.md` are all made from it.
 *
 * Facts are rows of whole numbers. A column's `unit` says how to read it:
 *  id        a key of this table or of the one named in the column's text
 *  word      a key of `words`: states, events, kinds, rules, ledger accounts
 *  instant   milliseconds since the epoch (T-01)
 *  money     whole 1e-8 of the run's currency (M-01)
 *  price     whole 1e-10 of the run's currency (M-02)
 *  quantity  whole 1e-8 of the product's quantity attribute (C-04)
 *  count, seconds, months, flag (0 or 1)
 */
export type Unit =
  | 'id'
  | 'word'
  | 'instant'
  | 'money'
  | 'price'
  | 'quantity'
  | 'count'
  | 'seconds'
  | 'milliseconds'
  | 'months'
  | 'flag'

interface Column {
  readonly unit: Unit
  readonly text: string
}

interface FactTable {
  readonly text: string
  readonly columns: Readonly<Record<string, Column>>
}

const column = (unit: Unit, text: string): Column => ({ unit, text })
const at = column('instant', 'when it happened')
const rule = column('word', 'the rule that made it so')
const account = column('id', 'the buyer: `accounts`')
const order = column('id', 'the order: `orders`')
const instance = column('id', 'the ECS instance: `instances`')
const specification = column('id', 'what is bought: `specifications`')
const pool = column('id', 'the ECS pool: `pools`, 0 when none')
const step = {
  at,
  event: column('word', 'what happened'),
  from_state: column('word', 'the state before; 0 when it begins'),
  to_state: column('word', 'the state after'),
  rule,
}

export const factTables = {
  orders: {
    text: 'Every order at its creation; what became of it is in `order_steps`.',
    columns: {
      id: column('id', 'number of the order'),
      at,
      account,
      specification,
      pool,
      kind: column('word', 'purchase, trial, renewal, upgrade, expansion, unsubscription'),
      quantity: column('quantity', 'of the quantity attribute, or ECS instances'),
      months: column('months', 'duration bought; 0 for pay-per-use'),
      instances: column('count', 'ECS instances asked for'),
      channel: column('word', 'how the buyer found the product (C-06)'),
      interest: column('count', 'which line of the segment`s `buys` made it, from 1'),
      subject: column('id', 'the subscription it is about: the order that began it; 0 for a purchase'),
      amount: column('money', 'the sum of its lines (M-04); negative where the buyer gets it'),
      rule,
    },
  },
  order_lines: {
    text: 'What an order`s amount is made of (M-04).',
    columns: {
      order_id: order,
      line: column('count', 'position, from 1'),
      part: column('word', 'price (its discount inside, M-03), ecs (the server under an image), tax or refund'),
      plan: column('id', 'the price plan: `plans`, of an ecs line `server_plans`; 0 when none'),
      amount: column('money', 'of this line'),
      rule,
    },
  },
  order_steps: { text: 'Each step of each order (O-01).', columns: { order_id: order, ...step } },
  instances: {
    text: 'Every ECS instance that was admitted by a pool.',
    columns: {
      id: column('id', 'number of the instance'),
      at,
      order_id: order,
      account,
      pool,
      specification: column('id', 'the image it was created with: `specifications`'),
      billing: column('word', 'pay-per-use, monthly or yearly'),
    },
  },
  instance_steps: {
    text: 'Each step of each ECS instance (E-01).',
    columns: {
      instance_id: instance,
      ...step,
      specification: column('id', 'the image on it from now: `specifications`'),
    },
  },
  subscription_steps: {
    text: 'Each step of each yearly/monthly subscription; the subscription bears the number of its first order.',
    columns: {
      subscription_id: column('id', 'number of the order that began it: `orders`'),
      ...step,
      term_start: column('instant', 'first instant of the term in force'),
      term_end: column('instant', 'the instant after its last (T-05)'),
    },
  },
  account_steps: { text: 'Each step of an account`s standing (A-01..A-05).', columns: { account, ...step } },
  usage_spans: {
    text: 'Metered use: runs of consecutive clock hours whose line was the same. `hours` rows in `usage_hours`.',
    columns: {
      instance_id: instance,
      account,
      item: column('word', 'ecs or image'),
      priced: column('id', 'what priced it: `pools` for ecs, `specifications` for image'),
      first_hour: column('instant', 'start of the first clock hour (T-03)'),
      hours: column('count', 'how many consecutive hours'),
      seconds: column('seconds', 'used in each hour'),
      unit_price: column('price', 'an hour'),
      amount: column('money', 'charged for each hour'),
      rule,
    },
  },
  transactions: {
    text: 'Movements of money (M-05). `repeats` equal ones an hour apart share a row; `postings` hold one repetition.',
    columns: {
      id: column('id', 'number of the transaction'),
      at: column('instant', 'when the first repetition was booked'),
      repeats: column('count', 'how many, one hour apart'),
      kind: column('word', 'top-up, usage, payment, refund, recognition, ...'),
      account: column('id', 'the buyer: `accounts`, 0 when none'),
      order_id: column('id', 'the order: `orders`, 0 when none'),
      hour: column('instant', 'the clock hour charged by the first repetition; 0 when none'),
      rule,
    },
  },
  postings: {
    text: 'The legs of each transaction; they sum to zero (Q-01). Debits are positive.',
    columns: {
      transaction_id: column('id', 'the transaction: `transactions`'),
      ledger: column('word', 'the ledger account (M-05)'),
      owner: column('id', 'whose: a buyer of `accounts` or a seller of `sellers`; 0 for the marketplace'),
      amount: column('money', 'debit positive, credit negative'),
    },
  },
  refusals: {
    text: 'What the market refused, and by which rule.',
    columns: {
      id: column('id', 'number of the refusal'),
      at,
      account,
      code: column('word', 'why'),
      specification,
      pool,
      quantity: column('count', 'ECS instances or units asked for'),
      order_id: column('id', 'the order it ended, or the subscription it is about: `orders`; 0 when none was made'),
      lost: column('money', 'price of one hour or of the order that was not sold'),
      rule,
    },
  },
  notices: {
    text: 'Messages that were due to buyers (A-06, R-02).',
    columns: { at, account, code: column('word', 'which message'), subject: column('id', 'about what'), rule },
  },
  bills: {
    text: 'Monthly bills (I-02): charges settled in the calendar month, and what is payable (M-02).',
    columns: {
      account,
      month: column('instant', 'first instant of the month in civil time'),
      lines: column('count', 'charges on it'),
      charges: column('money', 'their sum, 8 decimals'),
      payable: column('money', 'brought to 2 decimals by M-02'),
      final: column('flag', '1 when final (3rd, 10:00), 0 when the run ended before'),
      rule,
    },
  },
  pool_hours: {
    text: 'Use of each pool by clock hour; an hour like the one before it is left out.',
    columns: {
      pool,
      hour: column('instant', 'start of the clock hour'),
      capacity: column('count', 'units at the end of the hour'),
      held_ms: column('milliseconds', 'unit-milliseconds held in the hour'),
      peak: column('count', 'most units held at once'),
      full_ms: column('milliseconds', 'how long no unit was free'),
    },
  },
  supervision_steps: {
    text: 'Each step of each supervision flow (S-02..S-09); the flow bears the number of its order.',
    columns: { order_id: order, ...step, by: column('word', 'buyer, seller, system or manager') },
  },
  silence_breaches: {
    text: 'Turns of a flow in which the move was owed for more than `appeal.silence` (S-06), once each.',
    columns: { order_id: order, at, by: column('word', 'who owed the move: buyer or seller'), rule },
  },
  appeals: {
    text: 'Every appeal (S-06); what became of it is in `appeal_steps`.',
    columns: {
      id: column('id', 'number of the appeal'),
      at,
      order_id: order,
      account,
      seller: column('id', 'the seller: `sellers`'),
      by: column('word', 'buyer or seller'),
      ground: column('word', 'silence (a), request-rejections (b), product-rejections (c) or at-will'),
      rule,
    },
  },
  appeal_steps: {
    text: 'Each step of each appeal (S-06, S-07).',
    columns: {
      appeal_id: column('id', 'the appeal: `appeals`'),
      ...step,
      outcome: column('word', 'complete, cancel or resume once decided; 0 otherwise'),
    },
  },
  seller_cases: {
    text: 'Turns of supervision flows that sellers worked on (L-04), first come first served.',
    columns: {
      seller: column('id', 'the seller: `sellers`'),
      order_id: order,
      arrived: column('instant', 'when he was told'),
      started: column('instant', 'when somebody began to work on it'),
      at: column('instant', 'when it was done'),
      rule,
    },
  },
  appeal_cases: {
    text: 'Appeals that operations managers worked on (L-05), first come first served.',
    columns: {
      appeal_id: column('id', 'the appeal: `appeals`'),
      arrived: column('instant', 'when it reached them'),
      started: column('instant', 'when somebody began to work on it'),
      at: column('instant', 'when it was decided'),
      outcome: column('word', 'complete, cancel or resume; 0 when there was nothing left to decide'),
      rule,
    },
  },
  app_credentials: {
    text: 'Supervised SaaS applications that were handed over (S-11). That there is a password is all that is recorded.',
    columns: { order_id: order, at, account, rule },
  },
  order_changes: {
    text: 'What an upgrade, expansion or renewal does to its subscription (X-01..X-08, R-01..R-07), as it was ordered.',
    columns: {
      order_id: order,
      at,
      account,
      subscription_id: column('id', 'the subscription: the order that began it'),
      specification_from: column('id', 'the configuration before: `specifications`'),
      specification: column('id', 'the configuration after: `specifications`'),
      quantity_from: column('quantity', 'before'),
      quantity: column('quantity', 'after'),
      plan_from: column('id', 'what prices the configuration before: `plans`; 0 when nothing does'),
      plan: column('id', 'what prices the configuration after: `plans`; 0 when nothing does'),
      server_plan: column('id', 'what prices the server under an image: `server_plans`; 0 when none'),
      term_start: column('instant', 'first instant of the period that runs'),
      term_end: column('instant', 'the end of the term before it'),
      new_term_end: column('instant', 'the end of the term after it'),
      decided_at: column('instant', 'the instant that decides between X-03 and X-04 (X-05); 0 unless an expansion'),
      discount: column('word', 'percentOff, fixedPrice or amountOff; 0 when none (M-06)'),
      discount_value: column('money', 'percent x 1e8, or whole 1e-8 of the currency'),
      rule,
    },
  },
  refunds: {
    text: 'What an unsubscription gives back of each period that was paid (N-03..N-06).',
    columns: {
      order_id: order,
      at,
      account,
      subscription_id: column('id', 'the subscription: the order that began it'),
      paid_order: column('id', 'the order that paid for the period: `orders`'),
      begun: column('flag', '0 for a renewal period not yet begun (N-05)'),
      period_start: column('instant', 'first instant of the period'),
      period_end: column('instant', 'the instant after its last'),
      months: column('months', 'duration bought'),
      cash: column('money', 'paid in cash, tax in it'),
      coupon: column('money', 'paid by coupon'),
      coupon_returned: column('money', 'given back to coupons (N-05, N-06)'),
      servers: column('count', 'instances given back'),
      returns: column('count', 'instances the account has given back under N-06 in the calendar year before'),
      consumed: column('money', 'by the part of the period that was used (N-03)'),
      fee: column('money', 'handling fee (N-04)'),
      amount: column('money', 'refunded in cash, tax in it'),
      tax: column('money', 'the tax in it, and in what coupons got'),
      cloud: column('money', 'the part of both, net of tax, that was paid for servers'),
      rule,
    },
  },
  pool_waits: {
    text: 'Orders that wait for units of a full pool (E-02): when they began to and how it ended. Waited and admitted is delayed demand.',
    columns: {
      order_id: order,
      at,
      event: column('word', 'wait, admit, renege (patience is at an end) or turn-away'),
      pool,
      quantity: column('count', 'ECS instances waited for'),
      waited: column('milliseconds', 'since it began to wait'),
      hourly: column('money', 'price of an hour of them all, servers and images'),
      rule,
    },
  },
  pool_changes: {
    text: 'What happened to a pool by plan, beside its own schedule: each row is what is in force from then on.',
    columns: {
      pool,
      at,
      what: column('word', 'capacity, flavour-status, price, outage or outage-ends'),
      capacity: column('count', 'units planned'),
      status: column('word', 'flavour status (E-02)'),
      hourly: column('price', 'of a server for an hour'),
      down: column('flag', '1 while an outage lasts'),
      broken: column('count', 'running servers that broke at this instant'),
      rule,
    },
  },
  image_prices: {
    text: 'New prices of pay-per-use images (C-05).',
    columns: { specification, at, hourly: column('price', 'of a started hour from then on'), rule },
  },
  prerequisite_steps: {
    text: 'What buyers got before their first server (E-03).',
    columns: {
      account,
      at,
      what: column('word', 'vpc, security-group or credentials'),
      event: column('word', 'requested or created'),
      rule,
    },
  },
  usage_faults: {
    text: 'Usage records that did not come once and in time (U-09): what was dropped, reported or taken late.',
    columns: {
      instance_id: instance,
      account,
      item: column('word', 'ecs or image'),
      priced: column('id', 'what priced it: `pools` for ecs, `specifications` for image'),
      hour: column('instant', 'first instant of the hour it is of'),
      at: column('instant', 'when it came'),
      seconds: column('seconds', 'what it says was used'),
      amount: column('money', 'what the hour costs by the meter'),
      copy: column('flag', '1 for a record that was sent before'),
      outcome: column('word', 'accepted (late, within the window), duplicate, conflict or late (rejected)'),
      rule,
    },
  },
  coupons: {
    text: 'Every coupon that a buyer was granted (O-05).',
    columns: {
      id: column('id', 'number of the coupon'),
      at,
      account,
      kind: column('word', 'cash-coupon or discount-coupon'),
      amount: column('money', 'what it is worth'),
      rule,
    },
  },
  coupon_draws: {
    text: 'What coupons paid of orders (O-05), negative where it was given back (O-08). Hours that draw cash coupons are in `postings`.',
    columns: {
      coupon_id: column('id', 'the coupon: `coupons`'),
      order_id: order,
      at,
      amount: column('money', 'drawn from it; negative when returned to it'),
      rule,
    },
  },
  credit_grants: {
    text: 'Credit limits that buyers were granted through service tickets (O-05).',
    columns: {
      account,
      at,
      amount: column('money', 'added to the limit'),
      transactions_from: column('id', 'transactions of this cell from this number on were booked after it'),
      rule,
    },
  },
  order_requotes: {
    text: 'Lines that an order was paid by where they are not those of its creation (O-04, `order.quoteLock: payment`).',
    columns: {
      order_id: order,
      at,
      line: column('count', 'position, from 1'),
      part: column('word', 'price or tax'),
      plan: column('id', 'the price plan: `plans`; 0 when none'),
      amount: column('money', 'of this line'),
      rule,
    },
  },
  reseller_customers: {
    text: 'Buyers who are customers of a reseller, who is charged in their place (O-06).',
    columns: {
      account,
      at,
      limited: column('flag', '1 when there is a monthly budget'),
      budget: column('money', 'of a month, at list price; 0 without one'),
      rule,
    },
  },
  combined_payments: {
    text: 'Orders that their buyer chose to pay together (O-07).',
    columns: {
      payment_id: column('id', 'number of the combined payment'),
      at,
      account,
      order_id: order,
      outcome: column('word', 'paid; waiting for money; or skipped, its state having changed meanwhile'),
      rule,
    },
  },
  favourites: {
    text: 'Products that buyers saved to their favourites (C-06).',
    columns: { account, at, product: column('id', 'the product: `products`'), rule },
  },
  unmet_demand: {
    text: 'Visits that ended without an order because nothing fitted (C-06).',
    columns: {
      account,
      at,
      category: column('id', 'what was looked for: `categories`'),
      mailed: column('flag', '1 when the requirement was mailed to the marketplace'),
      rule,
    },
  },
  invoices: {
    text: 'Every invoice at its request (I-01); what became of it is in `invoice_steps`.',
    columns: {
      id: column('id', 'number of the invoice'),
      at,
      account,
      month: column('instant', 'first instant of the month whose bill it is of; 0 when it was requested for an order'),
      lines: column('count', 'lines on it'),
      amount: column('money', 'their sum (I-03)'),
      reissue_of: column('id', 'the returned invoice that it takes the place of: `invoices`; 0 when none'),
      rule,
    },
  },
  invoice_lines: {
    text: 'What invoices cover; no line stands on two live ones (I-03).',
    columns: {
      invoice_id: column('id', 'the invoice: `invoices`'),
      order_id: column('id', 'the order: `orders`; 0 for what was metered in the month'),
      amount: column('money', 'of this line'),
      rule,
    },
  },
  invoice_steps: {
    text: 'Each step of each invoice (I-01).',
    columns: { invoice_id: column('id', 'the invoice: `invoices`'), ...step },
  },
  tickets: {
    text: 'Service tickets to the cloud (L-01); what became of them is in `ticket_steps`.',
    columns: {
      id: column('id', 'number of the ticket'),
      at,
      account,
      about: column('word', 'credit, support or invoice-return'),
      subject: column('id', 'the support contact or invoice it is about; 0 when none'),
      rule,
    },
  },
  ticket_steps: {
    text: 'Each step of each service ticket.',
    columns: { ticket_id: column('id', 'the ticket: `tickets`'), ...step },
  },
  ticket_cases: {
    text: 'Tickets that the service desk worked on, first come first served (L-01).',
    columns: {
      ticket_id: column('id', 'the ticket: `tickets`'),
      arrived: column('instant', 'when it reached the desk'),
      started: column('instant', 'when somebody began to work on it'),
      at: column('instant', 'when it was solved'),
      rule,
    },
  },
  support_contacts: {
    text: 'Mails of buyers to sellers after the sale (L-01); what became of them is in `support_steps`.',
    columns: {
      id: column('id', 'number of the contact'),
      at,
      account,
      seller: column('id', 'the seller: `sellers`'),
      order_id: order,
      rule,
    },
  },
  support_steps: {
    text: 'Each step of each support contact (L-01).',
    columns: {
      contact_id: column('id', 'the contact: `support_contacts`'),
      ...step,
      by: column('word', 'buyer, seller, or manager for the cloud`s service desk'),
    },
  },
  support_cases: {
    text: 'Mails that sellers worked on (L-01, L-04), first come first served.',
    columns: {
      contact_id: column('id', 'the contact: `support_contacts`'),
      seller: column('id', 'the seller: `sellers`'),
      arrived: column('instant', 'when it reached him'),
      started: column('instant', 'when somebody began to work on it'),
      at: column('instant', 'when it was answered'),
      rule,
    },
  },
  seller_bills: {
    text: 'Sellers` monthly bills (L-02), made on the 7th for the previous month.',
    columns: {
      id: column('id', 'number of the bill'),
      at,
      seller: column('id', 'the seller: `sellers`'),
      month: column('instant', 'first instant of the month in civil time'),
      lines: column('count', 'lines on it'),
      amount: column('money', 'his share, the sum of its lines; negative where he owes'),
      rule,
    },
  },
  seller_bill_lines: {
    text: 'What sellers` bills are made of (L-03): sales and refunds of each specification.',
    columns: {
      bill_id: column('id', 'the bill: `seller_bills`'),
      specification,
      part: column('word', 'sale or refund'),
      sales: column('money', 'prices without tax; negative when given back'),
      withholding: column('money', 'withheld by customers'),
      tax: column('money', 'seller taxes'),
      share: column('money', '(sales - withholding) x (1 - platform fee) - seller taxes'),
      rule,
    },
  },
  seller_account_steps: {
    text: 'How each seller stands with the marketplace (L-02): settled, owed or owing.',
    columns: { seller: column('id', 'the seller: `sellers`'), ...step },
  },
} as const satisfies Record<string, FactTable>

export type FactTableName = keyof typeof factTables
export const factTableNames = Object.keys(factTables) as readonly FactTableName[]
/** One row of a fact table: whole numbers by column. */
export type Fact<T extends FactTableName> = { readonly [C in keyof (typeof factTables)[T]['columns']]: number }
/** Columns of a fact table in the order in which they are stored. */
export const factColumns = (table: FactTableName): readonly string[] => Object.keys(factTables[table].columns)
/** The unit of a column of a fact table. */
export const unitOf = (table: FactTableName, name: string): Unit =>
  (factTables[table].columns as Readonly<Record<string, Column>>)[name].unit
