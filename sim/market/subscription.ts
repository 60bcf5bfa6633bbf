import { lifecycle } from './lifecycle.ts'

/** a yearly/monthly subscription from its term's first instant to its release. */
export const subscription = lifecycle('subscription', {
  active: { expire: 'grace', graceEnds: null, retentionEnds: null, renew: 'active', unsubscribe: 'released' },
  grace: { expire: null, graceEnds: 'retention', retentionEnds: null, renew: 'active', unsubscribe: null },
  retention: { expire: null, graceEnds: null, retentionEnds: 'released', renew: 'active', unsubscribe: null },
  released: { expire: null, graceEnds: null, retentionEnds: null, renew: null, unsubscribe: null },
})
