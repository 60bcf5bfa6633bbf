import { lifecycle } from '../../cell/lifecycle.ts'

/** L-02, L-03: a seller's account with the marketplace, by what bills left unpaid. */
export const sellerAccount = lifecycle('seller account', {
  settled: { credit: 'owed', overdraw: 'owing', clear: null },
  owed: { credit: null, overdraw: 'owing', clear: 'settled' },
  owing: { credit: 'owed', overdraw: null, clear: 'settled' },
})
