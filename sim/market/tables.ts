import { columns } from '#engine/columns.ts'

/** Marks an empty link or timer in a column. */
export const NONE = -1

/**
 * Buyers at home in this cell. `monthOrders` is what of the month's charges was orders, `monthOrderTax` the tax in them. `span*` is the run of hours that were settled alike (see settlement.ts). `coupons` is what
 * all cash coupons are worth, `creditUsed` what was drawn on the credit, `budgetSpent` what a reseller's customer has
 * ordered this month, `returns` what he gave back under N-06 in `returnsYear`.
 */
export const accountTable = (count: number) =>
  columns(
    {
      id: 'u32',
      segment: 'i32',
      cash: 'wide',
      due: 'wide',
      standing: 'u8',
      paymentMethod: 'u8',
      standingTimer: 'i32',
      standingSince: 'f64',
      milestone: 'i32',
      topUpTimer: 'i32',
      instances: 'i32',
      unpaid: 'i32',
      monthCharges: 'wide',
      monthLines: 'i32',
      monthOrders: 'wide',
      monthOrderTax: 'wide',
      spanHour: 'f64',
      spanHours: 'i32',
      spanAt: 'f64',
      spanEcs: 'f64',
      spanImage: 'f64',
      spanCash: 'f64',
      returnsYear: 'i32',
      returns: 'i32',
      registered: 'u8',
      vpcs: 'i32',
      vpcsAsked: 'i32',
      securityGroup: 'u8',
      credentials: 'u8',
      coupons: 'wide',
      firstCoupon: 'i32',
      lastCoupon: 'i32',
      credit: 'wide',
      creditUsed: 'wide',
      reseller: 'u8',
      limited: 'u8',
      budget: 'wide',
      budgetSpent: 'wide',
      spanCoupon: 'f64',
      wishes: 'i32',
    },
    count,
  )

/**
 * Orders that may still change or have servers: `launched` of its instances are settled, `failed` of these could not be
 * created. `nextUnpaid` links an account's unpaid orders, oldest first; `subject`: what a change or renewal is of, 0 for a
 * purchase. `called`: its buyer has set out to pay it; `requotes`: it is a purchase that `order.quoteLock` may price
 * anew; `sellerCost`: what was deferred of its seller's share (L-06); `discounted`: its line has a discount of its own (M-06). `couponPaid` and `discountPaid` are what its coupons paid,
 * `lowered`: the discount coupon lowered the taxed price (M-07). `priceRule`, `cloudRule`: words of the rules of its lines, 0
 * without such a line; `cloudPlan` the plan of its servers.
 * `subscription`: the row that a change or renewal is about, `newEnd` where a renewal puts its end; `creation`: how long
 * yearly/monthly servers take to be created, `admitted` how many are, `servers` how many rows of servers refer to it.
 */
export const orderTable = () =>
  columns({
    id: 'f64',
    account: 'i32',
    specification: 'i32',
    state: 'u8',
    quantity: 'f64',
    months: 'i32',
    instances: 'i32',
    launched: 'i32',
    amount: 'wide',
    tax: 'wide',
    lifetime: 'f64',
    wish: 'i32',
    expiry: 'i32',
    nextUnpaid: 'i32',
    subject: 'f64',
    failed: 'i32',
    kind: 'u8',
    subscription: 'i32',
    pool: 'i32',
    plan: 'i32',
    createdAt: 'f64',
    cloudPrice: 'wide',
    sellerCost: 'wide',
    newEnd: 'f64',
    quick: 'u8',
    creation: 'f64',
    admitted: 'i32',
    servers: 'i32',
    fails: 'u8',
    called: 'u8',
    payTimer: 'i32',
    trial: 'u8',
    requotes: 'u8',
    discounted: 'u8',
    lowered: 'u8',
    priceRule: 'i32',
    cloudPlan: 'i32',
    cloudRule: 'i32',
    cashCoupon: 'i32',
    discountCoupon: 'i32',
    couponPaid: 'wide',
    discountPaid: 'wide',
  })

/**
 * ECS instances that hold or may again hold a unit of a pool. `next`/`previous` link an account's instances.
 * `ecsMetered`/`imageMetered`: what is pay-per-use of it; `expired`: the term of a yearly/monthly server is over (U-04).
 * Prices are 1e-10 an hour; `ecsHour`/`imageHour` are what one whole hour costs as things stand (0: not metered), and
 * `span…` is the run of whole hours before the current one. `wanted`, `stops`: its owner wants it running, and stops it
 * from time to time; `habitTimer`, `imageTimer`: when he acts next, when its image is changed.
 * `subscription`: the one whose term pays for it, once it has begun.
 */
export const instanceTable = () =>
  columns({
    id: 'f64',
    order: 'i32',
    account: 'i32',
    pool: 'i32',
    specification: 'i32',
    state: 'u8',
    holds: 'u8',
    lifetime: 'f64',
    lifeTimer: 'i32',
    next: 'i32',
    previous: 'i32',
    touched: 'u8',
    ecsMetered: 'u8',
    imageMetered: 'u8',
    expired: 'u8',
    wanted: 'u8',
    stops: 'u8',
    habitTimer: 'i32',
    imageTimer: 'i32',
    ecsOn: 'u8',
    ecsPrice: 'f64',
    ecsHour: 'f64',
    ecsSince: 'f64',
    ecsUsed: 'u8',
    ecsSeconds: 'f64',
    ecsRate: 'f64',
    ecsSpan: 'f64',
    ecsSpanPrice: 'f64',
    imageOn: 'u8',
    imagePrice: 'f64',
    imageHour: 'f64',
    imageSince: 'f64',
    imageSpan: 'f64',
    spanSpecification: 'i32',
    spanPrice: 'f64',
    uses: 'i32',
    subscription: 'i32',
  })

/**
 * ECS pools of this cell: units held, the integrals of the clock hour with the largest capacity (`most`) and the most
 * units held (`peak`) for any time in it, the price in force (1e-10 an hour), the flavour's status, how many outages it is
 * down by, and who waits for units; `called`: they are about to be served, `leastWaiting`: none of them waits for fewer
 * units than that, 0 where all are to be looked at.
 */
export const poolTable = (count: number) =>
  columns(
    {
      id: 'u32',
      planned: 'i32',
      capacity: 'i32',
      held: 'i32',
      since: 'f64',
      capacityMs: 'f64',
      heldMs: 'f64',
      fullMs: 'f64',
      most: 'i32',
      peak: 'i32',
      lastMost: 'i32',
      lastCapacityMs: 'f64',
      lastHeldMs: 'f64',
      lastFullMs: 'f64',
      lastPeak: 'i32',
      reported: 'u8',
      hourly: 'f64',
      status: 'u8',
      down: 'u8',
      firstWaiting: 'i32',
      lastWaiting: 'i32',
      leastWaiting: 'i32',
      called: 'u8',
    },
    count,
  )
