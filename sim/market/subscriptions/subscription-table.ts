import { columns } from '#engine/columns.ts'

/**
 * Yearly/monthly subscriptions from the start of their first term to their release. A term is counted in `total` months
 * from `anchor` (T-04, R-07), its end is `termEnd`. `ownMonths` is the term that was bought first, `months` and `plan`
 * are what was bought last; a `trial` costs nothing. `busy` is the row of the order that is open for it (O-09). `autoDay` is 0 without automatic
 * renewal. The timers of its people stand here too, so that they go with it.
 */
export const subscriptionTable = () =>
  columns({
    id: 'f64',
    account: 'i32',
    specification: 'i32',
    quantity: 'f64',
    pool: 'i32',
    plan: 'i32',
    ownMonths: 'i32',
    months: 'i32',
    state: 'u8',
    boughtAt: 'f64',
    termStart: 'f64',
    termEnd: 'f64',
    anchor: 'f64',
    total: 'i32',
    timer: 'i32',
    busy: 'i32',
    earning: 'i32',
    autoDay: 'u8',
    autoTimes: 'i32',
    autoTimer: 'i32',
    upgradeTimer: 'i32',
    expandTimer: 'i32',
    trial: 'u8',
    renewTimer: 'i32',
    unsubscribeTimer: 'i32',
  })

/** Timers of a subscription, by column. */
export const subscriptionTimers = [
  'timer',
  'autoTimer',
  'upgradeTimer',
  'expandTimer',
  'renewTimer',
  'unsubscribeTimer',
] as const

/**
 * What was paid for a subscription and is earned by the days of [`from`, `to`): the first term, a renewal's period, or
 * what a change added. An image and its server are two rows of one order, `cloud` is 1 for the server. `months` is 0 for
 * a change, `commission` what of the price is not the seller's share (L-06). `since` is when it was paid, `earnedDays` how many of its days have been booked. `next` links the rows of a
 * subscription.
 */
export const earningTable = () =>
  columns({
    id: 'f64',
    subscription: 'i32',
    account: 'i32',
    next: 'i32',
    cloud: 'u8',
    from: 'f64',
    to: 'f64',
    since: 'f64',
    earnedDays: 'i32',
    months: 'i32',
    first: 'u8',
    price: 'wide',
    commission: 'wide',
    tax: 'wide',
    recognised: 'wide',
    recognisedCommission: 'wide',
    timer: 'i32',
    cashCoupon: 'i32',
    couponPaid: 'wide',
    discountCoupon: 'i32',
    discountPaid: 'wide',
    lowered: 'u8',
  })
