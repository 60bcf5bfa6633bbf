import { lifecycle } from '../../cell/lifecycle.ts'

/** N-01: a yearly/monthly subscription from its term's first instant to its release. */
export const subscription = lifecycle('subscription', {
  active: {
    expire: 'grace',
    graceEnds: null,
    retentionEnds: null,
    renew: 'active',
    unsubscribe: 'released',
    upgrade: 'active',
    expand: 'active',
  },
  grace: {
    expire: null,
    graceEnds: 'retention',
    retentionEnds: null,
    renew: 'active',
    unsubscribe: null,
    upgrade: null,
    expand: null,
  },
  retention: {
    expire: null,
    graceEnds: null,
    retentionEnds: 'released',
    renew: 'active',
    unsubscribe: null,
    upgrade: null,
    expand: null,
  },
  released: {
    expire: null,
    graceEnds: null,
    retentionEnds: null,
    renew: null,
    unsubscribe: null,
    upgrade: null,
    expand: null,
  },
})
