/**
 * Which rules a row of the record may name, by its table and by what it says (its event, kind, code, item or part); of a table
 * without such a column in one line. By the auditor's own reading of the rulebook.
 */
const text = `
account_freeze_steps: O-14
account_freezes: O-14
account_steps event fallDue: A-01; graceEnds retentionEnds: A-03; settle: A-05
app_credentials: S-11
appeal_cases: L-05
appeal_steps event begin: S-06; decide: S-07; deny: S-08; lapse: S-08 S-09
appeals: S-06
auto_renewals: R-08
bill_taxes: M-07
bills: I-02
buyer_moves: C-06
capacity_orders: E-12
card_charges: O-13
combined_payments: O-07
coupons: O-05
credit_grants: O-05
favourites: C-06
host_moves: E-10
hosts: E-10
image_prices: C-05
instance_steps event begin launch: E-01; break: E-10; changeImage imageChanged: E-07; interrupt: E-11; fail: E-01 E-04 E-05 O-08; delete: E-01 E-11; recover: E-10 E-11; start: E-01 E-11; stop: E-01 E-07; suspend: A-03 O-14 R-02; unfreeze resume: A-05 O-14; release: A-03 N-03 R-02 E-10
interruptible_prices: E-11
interruptions: E-11
invoice_lines: I-03 M-08
invoice_steps: I-01
invoices: I-01 I-02
notices code arrears-entered: A-06; card-declined: O-13; expired expires-in-1-day expires-in-3-days expires-in-7-days: R-02; freeze-in-2-days freeze-in-5-days frozen release-in-2-days release-in-6-days released: A-06 R-02; no-unsubscription: N-01; payment-failed: O-05; top-up-failed: A-05
order_steps event approve: O-06; begin expire: O-01; fail: O-08 E-04 E-05; pay: O-05 O-06 O-10 O-12 N-03 E-05 E-10
orders kind upgrade expansion renewal trial: O-01; purchase: O-01 E-04; unsubscription: O-01 E-10; partial-refund: E-05 E-10
payment_methods: O-13
pool_changes what capacity outage outage-ends: E-01; flavour-status: E-02; price: C-05
pool_waits event wait admit renege: E-02; turn-away: E-02 O-10 O-14
prerequisite_steps: E-03 E-04
product_rejections: S-05
refunds: N-03 N-05 N-06
refusals code account-frozen: N-07 O-14; account-missing payment-method-missing: O-02; terms-not-accepted authorisation-missing: O-03; budget-exhausted reseller-declined: O-06; in-arrears: O-10; trial-used: O-12; unpaid: O-01; change-in-progress: O-09 S-07; credentials-missing security-group-missing vpc-missing vpc-limit: E-03; insufficient-balance: E-04; provisioning-failed: O-08; capacity-sold-out zone-down no-host flavour-abandoned: E-01 E-02; never-fits patience-exhausted: E-02; quantity-limit: C-04; out-of-term only-upwards: X-01; negative-upgrade negative-expansion: X-07; duration-not-sold: X-02 X-03 R-04; renewal-unpaid: R-03; product-delisted not-renewable: C-05 C-07 O-14; not-in-term: N-07; not-refundable: N-01; invoice-outstanding: N-02
requirement_listings: C-07
reseller_confirmations: O-06
reseller_customers: O-06
seller_account_steps: L-02
seller_bill_lines part sale refund: L-03; rounding: M-08
seller_bills: L-02
seller_cases: L-04
silence_breaches: S-06
subscription_steps event begin: T-05; upgrade expand: X-08; expire graceEnds retentionEnds: R-02; renew: R-01; unsubscribe: N-03 E-10
supervision_requests: S-02
supervision_steps event begin submit-request: S-02; deliver reject-request: S-04; accept reject-product remind: S-05; appeal: S-06; cancel resume-awaiting-acceptance resume-awaiting-request resume-awaiting-seller resume-accepted: S-07; complete: S-07 S-08; close-cancelled close-completed: S-09; withdraw: N-01
support_cases: L-04
support_contacts: L-01
support_steps: L-01
ticket_cases: L-01
ticket_steps: L-01
tickets: L-01
transactions kind opening: M-05; recognition: M-05; top-up arrears-paid: A-05; usage: U-08; late-usage: I-04 U-09; usage-tax: M-07; bill-rounding: M-08; coupon-grant coupon-lapse: M-10; credit-repaid: O-05; card-charge: O-13; payment: O-05 O-06; payout seller-bill: L-02; seller-share: L-06; refund: N-01 N-03 O-08 S-07 S-09
unmet_demand: C-06
usage_faults: U-09
usage_spans item ecs: U-01; image: U-02; disk elastic-ip bandwidth traffic: E-09
`

export interface RulesOfTable {
  readonly table: string
  /** The column that the rules depend on; null where they do not. */
  readonly by: string | null
  /** By word of that column, or by '' of all rows. Of a word that is not there nothing is known. */
  readonly allowed: ReadonlyMap<string, ReadonlySet<string>>
}

export const rulesOfTables: readonly RulesOfTable[] = text
  .trim()
  .split('\n')
  .map((line) => {
    const [, table, by, rest] = /^(\w+)(?: (\w+) |: )(.*)$/.exec(line) as RegExpExecArray
    if (by === undefined) return { table, by: null, allowed: new Map([['', new Set(rest.split(' '))]]) }
    const allowed = rest.split('; ').flatMap((part) => {
      const [said, rules] = part.split(': ')
      return said.split(' ').map((word) => [word, new Set(rules.split(' '))] as const)
    })
    return { table, by, allowed: new Map(allowed) }
  })
