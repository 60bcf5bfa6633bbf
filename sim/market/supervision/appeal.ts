import { lifecycle } from '../../cell/lifecycle.ts'

/** S-06, S-07: an appeal from the moment it is filed. `lapse`: its flow was closed (S-09) before it was decided. */
export const appeal = lifecycle('appeal', {
  filed: { deny: 'denied', decide: 'decided', lapse: 'lapsed' },
  denied: { deny: null, decide: null, lapse: null },
  decided: { deny: null, decide: null, lapse: null },
  lapsed: { deny: null, decide: null, lapse: null },
})
