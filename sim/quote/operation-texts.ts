/** What each operation of `quote` takes and answers, with an example. The reference is made from this list. */

export interface OperationText {
  readonly text: string
  /** Every key of its requests. A key that ends in `?` may be left out. */
  readonly keys: Readonly<Record<string, string>>
  readonly answer: string
  /** A request; the reference shows its answer as well. */
  readonly example: Readonly<Record<string, unknown>>
}

const plan = '`{"model": "linear", "unit": "5"}`, or `tiered` or `volume` with `bands`'
const discount = '`{"percentOff": "10"}`, `{"fixedPrice": "80"}` or `{"amountOff": "5"}`'
/** How a change says what is left of its term. */
const remaining = {
  'remaining?': 'what is left of the term, as a factor: `"0.5"` or `"20/30"`. In its place: `at`, `termEnd` and `per`',
  'at?': 'instant of the change',
  'termEnd?': 'end of the term',
  'per?': '`month` or `year`: the period of the prices',
  'termStart?': 'start of the term, for the switches of `proration.basis` that need it',
}
const bands = [
  { upTo: '5', unit: '7' },
  { upTo: '10', unit: '6.5' },
  { upTo: null, unit: '6' },
]
const tier = 'level of the customer, for the switch `tiers: cn` (A-04)'

export const operationTexts: Readonly<Record<string, OperationText>> = {
  price: {
    text: 'The price of a quantity (P-01 to P-03), or of the usage of another system (P-06 to P-08).',
    keys: {
      plan: `${plan}; for usage also \`package\`, \`flat\` and \`percentage\`. Any plan may have \`included\` units and a \`minimum\``,
      'quantity?': 'decimal text',
      'value?': 'what a percentage is taken of',
      'discount?': discount,
    },
    answer: '`amount`',
    example: { id: 'six', op: 'price', plan: { model: 'volume', bands }, quantity: '6' },
  },
  remaining: {
    text: 'Which part of a term remains (X-06).',
    keys: {
      from: 'instant of the change',
      to: 'end of the term',
      per: '`month` or `year`',
      'termStart?': 'start of the term, for the switches of `proration.basis` that need it',
    },
    answer: '`factor` (30 decimals), `fraction` and `text`, how it was counted',
    example: {
      id: 'rest',
      op: 'remaining',
      from: '2024-03-11T10:00:00+08:00',
      to: '2024-04-01T00:00:00+08:00',
      per: 'month',
    },
  },
  upgrade: {
    text: 'The fee of an upgrade (X-02).',
    keys: {
      newPrice: 'list price of the new configuration',
      oldPrice: 'list price of the original one, or what was paid for it (`upgrade.originalBasis`)',
      'discount?': discount,
      ...remaining,
    },
    answer: '`amount`, or the refusal `negative-upgrade`',
    example: { id: 'up', op: 'upgrade', newPrice: '240', oldPrice: '120', remaining: '20/30' },
  },
  expand: {
    text: 'The fee for a larger quantity, by the rule of its date (X-03 to X-05).',
    keys: {
      plan,
      from: 'quantity before',
      to: 'quantity afterwards',
      createdAt: 'instant at which the order was created',
      'paidAt?': 'instant of its payment, for `expansion.ruleKey`',
      'boughtAt?': 'instant of the first purchase, for `expansion.ruleKey`',
      'paid?': 'the price that was paid for `from` units, with `upgrade.originalBasis: paid`',
      'discount?': discount,
      ...remaining,
    },
    answer: '`amount`, or the refusal `negative-expansion`',
    example: {
      ...{ id: 'more', op: 'expand', plan: { model: 'volume', bands }, from: '5', to: '6', remaining: '0.5' },
      createdAt: '2023-06-12T00:00:00+08:00',
    },
  },
  'term-end': {
    text: 'When terms end (T-04, T-05).',
    keys: {
      start: 'instant of the purchase',
      months: 'months of the first term',
      'renewals?': 'months of each renewal',
    },
    answer: '`ends`, one instant for each term',
    example: { id: 'end', op: 'term-end', start: '2024-03-31T09:00:00+08:00', months: 1, renewals: [1] },
  },
  refund: {
    text: 'What an unsubscription refunds (N-01 to N-07).',
    keys: {
      cash: 'what was paid in cash',
      coupon: 'what was paid by coupons',
      start: 'start of the term',
      termEnd: 'end of the term',
      termMonths: 'months of the term',
      at: 'instant of the unsubscription',
      begun: 'whether use has begun',
      'fiveDayReturns?': 'full refunds within five days that the account has already had this year',
      'kind?': 'kind of the product; `image` without it',
      'billing?': '`yearly`, `monthly`, `pay-per-use` or `one-off`; `monthly` without it',
      'invoiced?': 'whether an invoice is outstanding',
      'trial?': 'whether it is a free trial',
      'busy?': 'whether a change is in progress',
      'currency?': 'such as `"JPY"`: adds what is paid back in its minor units (M-08)',
    },
    answer: '`amount` (8 decimals), `couponReturned`; with `currency` also `payable`. Or a refusal',
    example: {
      ...{ id: 'back', op: 'refund', cash: '100', coupon: '0', start: '2024-01-01T10:30:00+08:00', termMonths: 1 },
      ...{ termEnd: '2024-02-02T00:00:00+08:00', at: '2024-01-15T18:40:00+08:00', begun: true, currency: 'USD' },
    },
  },
  meter: {
    text: 'The charges of one metered resource, hour by hour (U-01 to U-07, E-09).',
    keys: {
      resource: '`ecs`, `image`, `disk`, `elastic-ip`, `bandwidth` or `traffic`',
      'hourly?': 'price of an hour, or steps over time: `[{"from": instant, "hourly": "0.1"}]`',
      'prices?': 'prices by product, for images',
      events: 'what happened: `at`, `do` (`start`, `stop`, `delete`, …), `product`?, `image`?',
      until: 'instant until which it is charged',
      'expiry?': 'end of the term of a yearly/monthly server with this image (U-04)',
      'tier?': tier,
    },
    answer: '`amount` and `hours`, each with its seconds and amount',
    example: {
      ...{ id: 'ten-minutes', op: 'meter', resource: 'ecs', hourly: '3.6' },
      events: [
        { at: '2024-05-06T08:45:30+08:00', do: 'start' },
        { at: '2024-05-06T08:55:30+08:00', do: 'delete' },
      ],
      until: '2024-05-06T12:00:00+08:00',
    },
  },
  'auto-renew': {
    text: 'When an automatic renewal is attempted, and when grace and retention end (R-03, A-04).',
    keys: {
      expiry: 'end of the term',
      enabledAt: 'instant at which automatic renewal was enabled',
      fundedAt: 'instant from which the money suffices, or null',
      'daysBefore?': 'days before expiry of the first attempt, 1 to 7; 7 without it',
      'tier?': tier,
    },
    answer: '`attempts`, `renewedAt`, `graceEnds`, `retentionEnds`',
    example: {
      ...{ id: 'auto', op: 'auto-renew', expiry: '2024-02-02T00:00:00+08:00', enabledAt: '2024-01-02T00:00:00+08:00' },
      fundedAt: '2024-01-26T12:00:00+08:00',
    },
  },
  'month-total': {
    text: 'The payable of a month without tax (M-02).',
    keys: { charges: 'a list of charges', 'currency?': 'such as `"JPY"`; USD without it' },
    answer: '`payable`',
    example: { id: 'month', op: 'month-total', charges: ['0.45998222', '12.3'] },
  },
  bill: {
    text: 'A monthly bill with its tax (I-02, M-07, M-08).',
    keys: {
      charges: 'a list of charges',
      'tax?': 'in percent; without it the switch `tax.percent`',
      'currency?': 'such as `"JPY"`; USD without it',
    },
    answer: '`tax`, computed once on the total, with 8 decimals; `payable`, in minor units',
    example: {
      id: 'bill',
      op: 'bill',
      charges: ['33.33333333', '33.33333333', '33.33333334'],
      tax: '7.7',
      currency: 'CHF',
    },
  },
  settle: {
    text: "A seller's share of a sale (L-03).",
    keys: {
      price: 'price with tax',
      tax: 'tax in it',
      withholding: 'withholding tax',
      sellerTax: 'taxes of the seller',
      'platformFee?': 'in percent, `"15"` or `"15%"`; without it the switch `settlement.platformFee`',
    },
    answer: '`amount`',
    example: {
      id: 'share',
      op: 'settle',
      price: '100',
      tax: '0',
      withholding: '0',
      platformFee: '15%',
      sellerTax: '0',
    },
  },
  appeal: {
    text: 'Whether a supervised order may be appealed (S-06).',
    keys: {
      kind: '`license`, `saas` or `professional-service`',
      events: 'what happened: `at`, `by` (`buyer`, `seller` or `system`), `do`',
      at: 'instant of the question',
      'by?': 'who appeals: `buyer` (without it) or `seller`',
    },
    answer: '`allowed`, `rule`, `state`',
    example: {
      ...{ id: 'appeal', op: 'appeal', kind: 'saas', at: '2024-03-06T10:00:00+08:00' },
      events: [{ at: '2024-03-01T09:00:00+08:00', by: 'buyer', do: 'submit-request' }],
    },
  },
}
