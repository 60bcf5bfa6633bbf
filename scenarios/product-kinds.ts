/**
 * The kinds of products (C-01), one row each: what the rules ask of a kind. A new kind is a row here; see CONTRIBUTING.md.
 * The auditor has lists of its own.
 */
type Billing = 'pay-per-use' | 'monthly' | 'yearly' | 'one-off'

interface KindRow {
  /** How it may be sold (C-03); the first is what an error proposes. */
  readonly billing: readonly Billing[]
  /** Whether its orders go through a supervision flow (S-01); `flagged`: the products that say `supervised: true`. */
  readonly supervised: 'always' | 'flagged' | 'never'
  /** Whether the buyer of a supervised one submits a request first, which the seller may reject (S-02, S-04). */
  readonly hasRequest: boolean
  /** Whether it runs on a server, which is ordered with it (E-06). */
  readonly needsServer: boolean
  /** Whether its subscriptions may be upgraded and expanded. */
  readonly changes: boolean
  /** Whether its subscriptions may be unsubscribed (N-01). */
  readonly refundable: boolean
  /** Whether it can be bought; otherwise it is only listed. */
  readonly traded: boolean
}

const terms = ['monthly', 'yearly', 'one-off'] as const
const once = ['one-off'] as const

const no = { supervised: 'never', hasRequest: false, needsServer: false, changes: false, refundable: false } as const

export const kindTable = {
  image: { ...no, billing: ['pay-per-use', 'monthly', 'yearly'], needsServer: true, refundable: true, traded: true },
  saas: { ...no, billing: terms, supervised: 'flagged', hasRequest: true, changes: true, traded: true },
  license: { ...no, billing: terms, supervised: 'always', traded: true },
  'professional-service': { ...no, billing: terms, supervised: 'always', hasRequest: true, traded: true },
  content: { ...no, billing: once, traded: true },
  hardware: { ...no, billing: once, traded: true },
  consulting: { ...no, billing: once, traded: false },
} as const satisfies Record<string, KindRow>

export type ProductKind = keyof typeof kindTable

export const productKinds = Object.keys(kindTable) as [ProductKind, ...ProductKind[]]

/** What the rules ask of a kind. */
export const kindOf = (product: { readonly kind: ProductKind }): KindRow => kindTable[product.kind]

/** S-01: every license, every professional service, and the SaaS products that are flagged so. */
export const isSupervised = (product: { readonly kind: ProductKind; readonly supervised: boolean | null }): boolean => {
  const { supervised } = kindOf(product)
  return supervised === 'always' || (supervised === 'flagged' && product.supervised === true)
}
