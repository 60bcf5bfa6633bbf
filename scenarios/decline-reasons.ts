/** O-13: why a bound card is declined. */
export const declineReasons = [
  'insufficient-funds',
  'card-expired',
  'limit-exceeded',
  'suspected-fraud',
  'issuer-unavailable',
] as const
