/** Random buyers: means, loads, habits and what they buy of a catalog. */
import fc from 'fast-check'
import { amount, instantIn, lasting, mostly, often, share, some } from './laws.ts'
import type { Doc } from './read-doc.ts'

const account = some({
  registered: mostly,
  acceptsTerms: mostly,
  authorises: mostly,
  vpc: mostly,
  securityGroup: mostly,
  credentials: mostly,
})

const couponOf = (decimals: number) =>
  fc.record({
    kind: fc.constantFrom('cash', 'discount'),
    amount: amount(30, decimals),
    count: fc.integer({ min: 1, max: 3 }),
    probability: share,
  })

/** M-08: people hold and pay whole minor units. */
const walletOf = (decimals: number) =>
  fc
    .tuple(
      fc.nat(3),
      some({
        opening: fc.oneof(amount(300, decimals), amount(9999, decimals)),
        paymentMethod: fc.constantFrom(1, 1, 0.5),
        coupons: fc.array(couponOf(decimals), { maxLength: 2 }),
        credit: fc.record({ limit: amount(100, decimals), probability: share }),
        topUp: fc.record({
          below: amount(60, decimals),
          amount: amount(200, decimals).map((text) => `1${text}`),
          reaction: lasting(0, 3000),
        }),
        card: fc.record({
          declines: share,
          reasons: fc.constant({ 'card-expired': 1 }),
          retry: fc.record({ probability: share, after: fc.constantFrom('0s', '9h', '3d') }),
          topUps: fc.boolean(),
        }),
        methods: fc.record({ balance: fc.constantFrom(0.5, 1), card: share, credit: share }),
      }),
    )
    .map(([poor, wallet]: [number, Doc]) => ({
      // Who has no money buys nothing: three of four that say nothing else are rich.
      ...(poor === 0 ? {} : { opening: '5000' }),
      ...wallet,
      // A method can be selected only where the wallet has it.
      ...('methods' in wallet && {
        methods: {
          ...(wallet.methods as Doc),
          ...('card' in wallet ? {} : { card: 0 }),
          ...('credit' in wallet ? {} : { credit: 0 }),
        },
      }),
    }))

/** When a scenario begins, how long it is, and by how much its segments are larger than a few buyers. */
interface Extent {
  readonly start: number
  readonly days: number
  readonly people: number
}

const perDay = fc.constantFrom('0.5/d', '2/d', '6/d')
/** Of many accounts together: what each of them does is rare. */
const loadOf = ({ start, days, people }: Extent): fc.Arbitrary<Doc> =>
  fc.oneof(
    perDay.map((total) => ({ poisson: { total } })),
    perDay.map((to) => ({
      stages: {
        perBuyer: false,
        steps: [
          { to, over: '5d' },
          { to: '0/d', over: '10d' },
        ],
      },
    })),
    perDay.map((total) => ({ profile: { total, day: Array.from({ length: 24 }, (_, hour) => hour % 7) } })),
    ...(people === 1 ? [lasting(600, 9000).map((thinkTime) => ({ closed: { thinkTime } }))] : []),
    // Several at each instant, at every midnight.
    fc
      .constantFrom('12h', '24h')
      .map((gap) => ({ renewal: { perBuyer: false, gap, batch: { discrete: { values: [1, 3] } } } })),
    fc.constant({
      markov: {
        perBuyer: false,
        phases: [
          { rate: '0/h', stay: '2d' },
          { rate: '1/h', stay: '5h' },
        ],
      },
    }),
    fc
      .tuple(perDay, instantIn(start, days))
      .map(([base, at]) => ({ spike: { perBuyer: false, base, peak: '2/h', at, for: '5h' } })),
  )

const done = (least: number, most: number) => fc.record({ probability: share, after: lasting(least, most) })

const repeated = (least: number, most: number) =>
  fc.record({ probability: share, after: lasting(least, most), repeat: fc.boolean() })

const habits = some({
  paying: some({ reaction: lasting(0, 3000), abandon: often, together: share }),
  favourites: share,
  upgrade: repeated(10, 20_000),
  expand: repeated(10, 20_000),
  downgrade: share,
  renewing: some({
    auto: share,
    autoDay: fc.integer({ min: 0, max: 7 }),
    enable: fc.record({ probability: share, after: fc.constantFrom('0s', '9d', '40d') }),
    modify: fc.record({ probability: share, day: fc.integer({ min: 0, max: 7 }), months: fc.constantFrom(1, 3) }),
    disable: fc.record({ probability: share, after: fc.constantFrom('5d', '29d') }),
    manual: share,
    before: lasting(0, 20_000),
    late: share,
  }),
  supervision: some({
    reasons: fc.constant({ incomplete: 1, other: 2 }),
    attachment: share,
    withdraw: fc.record({ probability: share, after: fc.constantFrom('0s', '1d', '9d') }),
    request: lasting(10, 3000),
    acceptance: lasting(10, 8000),
    reject: often,
    remind: done(10, 3000),
    appeal: done(10, 3000),
  }),
  stopStart: some({ probability: share, after: lasting(1, 900), pause: lasting(1, 900), repeat: fc.boolean() }),
  interrupted: fc.constantFrom(
    { 'give-up': 1 },
    { resume: 1 },
    { restart: 1 },
    { 'give-up': 1, resume: 1, restart: 2 },
  ),
  switchImage: done(1, 3000),
  unsubscribe: done(1, 20_000),
  support: done(1, 5000),
})

const invoicings = {
  probability: share,
  after: lasting(10, 5000),
  return: done(10, 5000),
  reissue: share,
}

const unmet = fc.record({ probability: share, categories: fc.constant({ c1: 1, c2: 2 }), mails: share })
const channel = some({ category: share, popular: share, favourites: share })
const wish = fc.record({
  product: fc.nat(),
  specification: fc.nat(),
  weight: fc.integer({ min: 1, max: 3 }),
  steps: fc.nat(4),
  month: fc.option(fc.nat(1), { nil: undefined }),
  flavour: fc.constantFrom('f1', 'f2'),
  lifetime: lasting(0, 9000),
  provisioning: fc.constantFrom('customised', 'quick'),
  trial: fc.boolean(),
  yearlyServer: fc.boolean(),
})

type Wish = typeof wish extends fc.Arbitrary<infer T> ? T : never

/** A wish as an order of something that the catalog has. */
function buyOf(wished: Wish, catalog: readonly Doc[]): Doc {
  const product = catalog[wished.product % catalog.length]
  const list = product.specifications as Doc[]
  const specification = list[wished.specification % list.length]
  const attribute = specification.quantity as { min: number; max: number; step: number } | undefined
  const isImage = product.kind === 'image'
  const steps = attribute ? Math.min(wished.steps, (attribute.max - attribute.min) / attribute.step) : 0
  const most = attribute ? attribute.min + steps * attribute.step : 1
  const least = attribute?.min ?? 1
  const plans = specification.plans as { months: number }[] | undefined
  const isMetered = specification.billing === 'pay-per-use'
  return {
    product: product.id,
    specification: specification.id,
    weight: wished.weight,
    quantity: { discrete: { values: isImage ? [1, 1 + (wished.steps % 3)] : [least, most] } },
    provisioning: wished.provisioning,
    ...(isImage ? { flavour: wished.flavour } : {}),
    ...(isMetered ? { lifetime: wished.lifetime } : {}),
    ...(isMetered && wished.yearlyServer ? { server: 'yearly-monthly', serverMonths: 1 } : {}),
    ...(plans && wished.month !== undefined ? { months: plans[wished.month % plans.length].months } : {}),
    ...(specification.trial === true ? { trial: wished.trial } : {}),
  }
}

/** One to three segments of a few buyers each, or as many `people` for each of them, who want what `catalog` has; `decimals` are the currency's minor units. */
export function buyersOf(catalog: readonly Doc[], extent: Extent, decimals: number): fc.Arbitrary<Doc[]> {
  const segment = fc.tuple(
    fc.record({
      count: fc.integer({ min: 1, max: 4 }).map((few) => few * extent.people),
      load: loadOf(extent),
      wallet: walletOf(decimals),
    }),
    some({
      tier: fc.constantFrom('V0', 'V1', 'V3', 'V5'),
      priority: fc.integer({ min: 0, max: 2 }),
      interruptible: fc.boolean(),
      account,
      reseller: fc.record(
        {
          monthlyBudget: amount(200, decimals),
          probability: share,
          confirmation: fc.record({ after: fc.constantFrom('0s', '5h', '3d'), declines: share }),
        },
        { requiredKeys: ['monthlyBudget', 'probability'] },
      ),
      channels: channel.map((weights) => ({ search: 0.5, ...weights })),
      unmet,
      habits,
      invoicing: some(invoicings),
    }),
    fc.array(wish, { minLength: 1, maxLength: 4 }),
  )
  return fc.array(segment, { minLength: 1, maxLength: 3 }).map((list) =>
    list.map(([base, { invoicing, ...more }, wishes], index) => ({
      segment: `b${index + 1}`,
      ...base,
      ...more,
      ...(invoicing ? { habits: { ...(more.habits as Doc | undefined), invoicing } } : {}),
      buys: wishes.map((wished) => buyOf(wished, catalog)),
    })),
  )
}
