/**
 * The rules of the rulebook: what each says in a line, and the sections of the user guide it comes from (empty: none, it is
 * of the cloud below or a decision of ours). `explain`, the words of the record, the policies and the house tests read this
 * table; `policies.ts` says which switches a rule has.
 */
interface RuleEntry {
  readonly text: string
  /** Sections of the user guide, such as `3.1, 10.4`. */
  readonly guide: string
  /** It rates the usage of other systems: no run of the marketplace has it. */
  readonly isOfOthers?: true
}

const table = {
  'T-01': { text: 'time is whole milliseconds since the epoch; a run never reads the wall clock', guide: '' },
  'T-02': { text: 'civil time is a fixed offset from UTC, without daylight saving', guide: '' },
  'T-03': { text: 'a clock hour is [h:00, h+1:00) of civil time; intervals are half-open', guide: '' },
  'T-04': {
    text: 'a term of n months keeps the day of the month on which it first began, or the last day of a shorter month',
    guide: '',
  },
  'T-05': { text: 'a yearly/monthly term ends with the last second of its last day', guide: '' },
  'T-06': { text: 'events at one instant have a total order', guide: '' },
  'M-01': { text: 'amounts are whole 1e-8 units of one currency; no float touches an amount', guide: '' },
  'M-02': {
    text: 'a charge is truncated to 8 decimals; the payable of a month is its total, rounded half-up to the minor units of the currency',
    guide: '',
  },
  'M-03': { text: 'multiply price, quantity and factor, apply the discount, then round once', guide: '' },
  'M-04': { text: "an order's amount is the sum of its lines", guide: '' },
  'M-05': { text: 'every movement of money is a double-entry transaction', guide: '' },
  'M-06': { text: 'a discount is a percentage, a fixed price or an amount off', guide: '' },
  'M-07': {
    text: 'tax is a percentage of the price before tax, on a separate line; on use it is computed once per bill, on the total',
    guide: '',
  },
  'M-08': { text: "payments use the currency's minor units", guide: '' },
  'M-09': { text: 'revenue and use belong to the day they were earned or used, whenever they were booked', guide: '' },
  'M-10': { text: 'a granted coupon is promotion expense, never money received', guide: '' },
  'C-01': { text: 'the kinds of products', guide: '10.2, 8.1' },
  'C-02': {
    text: 'a product has one seller, one category of the two-level tree and one or more specifications',
    guide: '10.2',
  },
  'C-03': { text: 'sellers choose billing modes; pay-per-use is for images on servers', guide: '10.4, 10.14' },
  'C-04': { text: 'a quantity attribute has a minimum, a maximum, a step and a price model', guide: '' },
  'C-05': { text: 'a product may be listed, delisted or repriced during the run', guide: '' },
  'C-06': { text: 'buyers find products by search, by category or among popular ones', guide: '3.1, 10.9' },
  'C-07': {
    text: 'a seller lists a product when enough requirements of its category came in',
    guide: '10.9',
  },
  'P-01': { text: 'linear: quantity x unit price', guide: '' },
  'P-02': { text: 'tiered: each band prices the units inside it', guide: '' },
  'P-03': { text: 'volume: the band that holds the total quantity prices every unit', guide: '' },
  'P-04': { text: 'upper limits of bands are inclusive and the last band is open', guide: '' },
  'P-05': { text: 'a yearly/monthly price is that of the purchased duration', guide: '' },
  'P-06': {
    text: 'package: each started package of units has one price (usage of other systems)',
    guide: '',
    isOfOthers: true,
  },
  'P-07': {
    text: 'flat and percentage: one fee, or a share of a value within bounds (usage of other systems)',
    guide: '',
    isOfOthers: true,
  },
  'P-08': {
    text: 'included units and a minimum charge, with any price model (usage of other systems)',
    guide: '',
    isOfOthers: true,
  },
  'O-01': { text: 'the states of an order; unpaid orders are cancelled after order.unpaidLife', guide: '' },
  'O-02': {
    text: "an order needs an account with a payment method; a reseller's customer needs none",
    guide: '3.1, 10.12',
  },
  'O-03': { text: 'terms and, where needed, the contact authorisation must be accepted', guide: '3.1' },
  'O-04': { text: 'the amount is fixed when the order is created', guide: '' },
  'O-05': { text: 'payment draws discount, coupon, cash and credit, in this order', guide: '3.1' },
  'O-06': {
    text: "a reseller's customer confirms the amount and pays nothing; a budget may block the order",
    guide: '3.1',
  },
  'O-07': { text: 'up to 30 orders may be paid together', guide: '' },
  'O-08': { text: 'an order that fails to provision is cancelled and refunded in full', guide: '4.2' },
  'O-09': { text: 'one change of a resource at a time', guide: '' },
  'O-10': { text: 'an unsupervised product completes on provisioning; accounts in arrears place no orders', guide: '' },
  'O-11': { text: "a supervised product's term starts at acceptance", guide: '' },
  'O-12': { text: 'one free trial per account and product, never refundable', guide: '' },
  'O-13': {
    text: 'the buyer selects balance, bound card or credit; a card is charged what the balance does not cover',
    guide: '3.1',
  },
  'O-14': {
    text: 'after a violation an account is frozen (no orders, suspended servers, no charge), or the products of a seller are delisted',
    guide: '2',
  },
  'X-01': { text: 'only a completed, in-term subscription may be changed', guide: '3.2' },
  'X-02': {
    text: 'upgrade fee: the new list price less the original one, each for the rest of the term',
    guide: '3.2',
  },
  'X-03': {
    text: 'expansion fee, older rule: the new total at its band less the original, for the rest of the term',
    guide: '3.2',
  },
  'X-04': { text: 'expansion fee since 12 June 2023: volume prices only the added units', guide: '3.2' },
  'X-05': { text: 'the newer expansion rule applies to orders created since 12 June 2023', guide: '3.2' },
  'X-06': { text: 'the rest of a term: days left over days in the month, month by month', guide: '3.2' },
  'X-07': { text: 'the price of a change is never negative', guide: '3.2' },
  'X-08': { text: 'a change takes effect on payment', guide: '3.2' },
  'X-09': {
    text: 'the discount in force at a change: a percentage of both sides, a fixed price of the new one, an amount off the fee',
    guide: '3.2',
  },
  'E-01': { text: 'a server holds a unit of its pool from creation to deletion', guide: '4.1' },
  'E-02': { text: 'a full pool refuses orders', guide: '4.1' },
  'E-03': { text: 'a server needs a network, a security group and credentials', guide: '3.1, 4.1' },
  'E-04': {
    text: 'quick provisioning creates one instance without a choice of duration, and deducts the fee then',
    guide: '4.1',
  },
  'E-05': {
    text: 'customised provisioning: all servers of an order are created, or none, or by policy those that can be',
    guide: '4.1',
  },
  'E-06': { text: 'an image and its server are charged on separate lines', guide: '3.1, 10.13' },
  'E-07': { text: 'replacing the image needs a stopped server and takes effect on completion', guide: '4.1' },
  'E-08': { text: 'yearly/monthly images of a product may be bought after pay-per-use ones', guide: '10.14' },
  'E-09': {
    text: 'system disk, elastic IP, bandwidth and traffic of a server have prices of their own; in suspension only the disk is billed',
    guide: '4.1',
  },
  'E-10': {
    text: 'servers are placed on hosts with vCPU, memory and GPU; where only single hosts lack room, no-host refuses',
    guide: '',
  },
  'E-11': {
    text: 'interruptible servers cost less and are taken back, with a notice, when a full-price request needs the room',
    guide: '',
  },
  'E-12': {
    text: 'capacity is owned, committed or leased at a cost; a rule orders units when use is high and releases them',
    guide: '',
  },
  'U-01': { text: 'servers are metered by the second: price / 3600 x seconds', guide: '10.14' },
  'U-02': { text: 'images are charged per started clock hour', guide: '10.14' },
  'U-03': { text: 'two images of one product in one hour are charged once', guide: '10.14' },
  'U-04': { text: 'an image is billed only on a server that is neither expired nor suspended', guide: '10.14' },
  'U-05': { text: 'the hour in which charging stops is charged', guide: '10.14' },
  'U-06': { text: 'a stopped server still bills its image', guide: '10.14' },
  'U-07': { text: 'the price of an hour is the one in force at its first use', guide: '10.14' },
  'U-08': { text: 'an hour is settled from the balance after it has closed, with a lag', guide: '10.14' },
  'U-09': {
    text: 'a usage record counts once; one that arrives after the window is rejected, or a correction on the next bill, as is one in the window whose bill is final',
    guide: '10.14',
  },
  'A-01': { text: 'the part of a charge that exceeds the balance becomes arrears', guide: '10.14' },
  'A-02': { text: 'in grace, pay-per-use resources stay usable and are billed', guide: '10.14' },
  'A-03': { text: 'resources are frozen after grace and deleted after retention', guide: '10.14' },
  'A-04': { text: 'how many days grace and retention last', guide: '10.14' },
  'A-05': {
    text: 'a top-up pays the oldest debt first and restores the resources when no debt is left',
    guide: '10.14',
  },
  'A-06': { text: 'notices before and at the freeze and the release', guide: '10.14' },
  'S-01': { text: 'licenses, services and flagged SaaS are supervised', guide: '5' },
  'S-02': {
    text: 'where a supervision flow starts; requests fill in a template or have an attachment',
    guide: '5.2, 5.3',
  },
  'S-03': { text: 'the states of a supervision flow', guide: '5' },
  'S-04': { text: 'the seller rejects the request or delivers', guide: '5' },
  'S-05': { text: 'the buyer accepts, rejects the product for a reason, or reminds', guide: '5' },
  'S-06': { text: 'who may appeal when', guide: '5' },
  'S-07': { text: 'an appeal freezes the flow until a manager decides', guide: '5' },
  'S-08': { text: 'the order completes some hours after acceptance', guide: '5' },
  'S-09': { text: 'a flow older than 365 days is closed by the system', guide: '5' },
  'S-10': { text: 'renewing a license or service starts no new flow', guide: '7.2.1' },
  'S-11': {
    text: 'a supervised SaaS shows its application information from delivery on, among purchased apps once completed',
    guide: '4.2',
  },
  'R-01': { text: 'a renewed period starts at the original expiry', guide: '7' },
  'R-02': { text: 'expiry, grace, retention, release', guide: '7' },
  'R-03': { text: 'auto-renewal is attempted at 03:00, from seven days before expiry, then daily', guide: '7' },
  'R-04': { text: "the renewal period is the product's own term", guide: '7' },
  'R-05': { text: 'a manual renewal leaves auto-renewal on', guide: '7' },
  'R-06': { text: 'server and system disk renew together', guide: '7' },
  'R-07': { text: 'renewals may be aligned to a day of the month', guide: '7' },
  'R-08': { text: 'automatic renewal may be enabled, modified and disabled in the term', guide: '7.2.2' },
  'N-01': {
    text: 'only yearly/monthly images can be unsubscribed, and by policy what is not yet completed',
    guide: '5.2, 5.3',
  },
  'N-02': { text: 'an invoiced order is refunded after the invoice is returned', guide: '8' },
  'N-03': { text: 'refund: cash paid - consumed - handling fee', guide: '8' },
  'N-04': { text: 'the handling fee, in percent of the cash paid', guide: '8' },
  'N-05': { text: 'a renewal period that has not begun is refunded in full', guide: '8' },
  'N-06': { text: 'a full refund within five days, if the policy grants it', guide: '8' },
  'N-07': {
    text: 'no refund while expired, on trial, one-off, frozen for legal reasons or in another change',
    guide: '8',
  },
  'I-01': { text: 'the states of an invoice', guide: '9' },
  'I-02': { text: "a monthly bill is the sum of the month's settled charges", guide: '9' },
  'I-03': { text: "an invoice's amount equals its lines; no line is on two live invoices", guide: '9' },
  'I-04': {
    text: 'a refund is a credit note, a late charge a correction on the next bill; documents are numbered without gaps',
    guide: '',
  },
  'L-01': {
    text: 'the seller provides after-sales support; if the seller is unreachable or cannot solve the problem, the cloud does',
    guide: '6, 10.7, 10.10, 10.11, 4.2',
  },
  'L-02': { text: "the seller's monthly bill is made on the 7th and paid out later", guide: '' },
  'L-03': { text: 'seller share: price excluding tax, less withholding, platform fee and taxes', guide: '' },
  'L-04': { text: 'a seller has staff and hours; requests queue', guide: '' },
  'L-05': { text: 'operations managers handle appeals, first come first served', guide: '' },
  'L-06': { text: "the seller's share is deferred with the price and expensed as the price is earned", guide: '' },
  'Q-01': { text: 'all postings sum to zero; a balance is its opening plus its postings', guide: '' },
  'Q-02': { text: 'metered = rated = charged = posted', guide: '' },
  'Q-03': { text: 'no pool holds more than its capacity', guide: '' },
  'Q-04': { text: 'no charge for time in which the resource was deleted, suspended or not yet created', guide: '' },
  'Q-05': { text: 'an order ends in one final state; refunds never exceed what was paid', guide: '' },
  'Q-06': { text: 'every lifecycle step is in the table of its lifecycle', guide: '' },
  'Q-07': { text: 'deferred + recognised revenue = price paid - refunds, per order', guide: '' },
  'Q-08': { text: 'an independent auditor recomputes every amount from the recorded facts', guide: '' },
} as const satisfies Record<string, RuleEntry>

/** `T-01` to `Q-08`. */
export type RuleId = keyof typeof table

/** Every rule, in the order of the rulebook. */
export const rules = Object.keys(table) as readonly RuleId[]

/** The rules that a run of the marketplace may meet. */
export const marketRules = rules.filter((rule) => !('isOfOthers' in table[rule]))

/** What is known of a rule; undefined for text that names none. */
export const ruleNamed = (rule: string): RuleEntry | undefined =>
  Object.hasOwn(table, rule) ? table[rule as RuleId] : undefined

/** A rule in a line; a rule that this table does not know is left to the rulebook. */
export const ruleText = (rule: string): string => ruleNamed(rule)?.text ?? 'see the rulebook'
