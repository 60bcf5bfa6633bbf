import { lifecycle } from '../../cell/lifecycle.ts'

/** L-02, L-03: how a seller stands with the marketplace, by what his bills left unpaid. */
export const sellerAccount = lifecycle('seller account', {
  settled: { credit: 'owed', overdraw: 'owing', clear: null },
  owed: { credit: null, overdraw: 'owing', clear: 'settled' },
  owing: { credit: 'owed', overdraw: null, clear: 'settled' },
})
