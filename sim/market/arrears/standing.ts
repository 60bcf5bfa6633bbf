import { lifecycle } from '../../cell/lifecycle.ts'

/** A-01..A-05: what an account's debts do to its pay-per-use resources. */
export const standing = lifecycle('account standing', {
  good: { fallDue: 'grace', graceEnds: null, retentionEnds: null, settle: null },
  grace: { fallDue: null, graceEnds: 'suspended', retentionEnds: null, settle: 'good' },
  suspended: { fallDue: null, graceEnds: null, retentionEnds: 'released', settle: 'good' },
  // The resources are gone, the debt is not: a new charge (storage, a late record) cannot suspend anything again.
  released: { fallDue: null, graceEnds: null, retentionEnds: null, settle: 'good' },
})
