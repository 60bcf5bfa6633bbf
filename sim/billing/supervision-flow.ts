/**
 * S-01..S-09: the supervision flow of each kind, as a full table. `null` is a deliberate refusal. A frozen flow resumes
 * where it was frozen: that is why there is one `resume-…` event for each place.
 */
export type SupervisionKind = 'license' | 'saas' | 'professional-service'

export type SupervisionState =
  | 'awaiting-request'
  | 'awaiting-seller'
  | 'awaiting-acceptance'
  | 'accepted'
  | 'frozen'
  | 'completed'
  | 'cancelled'

export type SupervisionEvent =
  | 'submit-request'
  | 'reject-request'
  | 'deliver'
  | 'accept'
  | 'reject-product'
  | 'remind'
  | 'appeal'
  | 'complete'
  | 'cancel'
  | 'resume-awaiting-request'
  | 'resume-awaiting-seller'
  | 'resume-awaiting-acceptance'
  | 'resume-accepted'
  | 'close-completed'
  | 'close-cancelled'
  | 'withdraw'

type Row = Record<SupervisionEvent, SupervisionState | null>

/** S-02: where a flow begins; a license waits for its seller from the payment on. */
export const startState = {
  license: 'awaiting-seller',
  saas: 'awaiting-request',
  'professional-service': 'awaiting-request',
} as const satisfies Record<SupervisionKind, SupervisionState>

const none = {
  'submit-request': null,
  'reject-request': null,
  deliver: null,
  accept: null,
  'reject-product': null,
  remind: null,
  appeal: null,
  complete: null,
  cancel: null,
  'resume-awaiting-request': null,
  'resume-awaiting-seller': null,
  'resume-awaiting-acceptance': null,
  'resume-accepted': null,
  'close-completed': null,
  'close-cancelled': null,
  withdraw: null,
} as const satisfies Row

/** S-09: the system closes a flow that is older than 365 days, frozen or not. */
const closable = { 'close-completed': 'completed', 'close-cancelled': 'cancelled' } as const
/** N-01: the buyer unsubscribes before completion, if the policy allows it; not while an appeal is open (S-07). */
const appealable = { appeal: 'frozen', withdraw: 'cancelled' } as const

const withRequest = {
  'awaiting-request': { ...none, ...closable, ...appealable, 'submit-request': 'awaiting-seller' },
  'awaiting-seller': {
    ...none,
    ...closable,
    ...appealable,
    'reject-request': 'awaiting-request',
    deliver: 'awaiting-acceptance',
    remind: 'awaiting-seller',
  },
  'awaiting-acceptance': {
    ...none,
    ...closable,
    ...appealable,
    accept: 'accepted',
    'reject-product': 'awaiting-seller',
  },
  // S-08: three hours later the order is complete, unless an appeal comes first.
  accepted: { ...none, ...closable, ...appealable, complete: 'completed' },
  // S-07: neither side may act; the operations manager completes, cancels or resumes.
  frozen: {
    ...none,
    ...closable,
    complete: 'completed',
    cancel: 'cancelled',
    'resume-awaiting-request': 'awaiting-request',
    'resume-awaiting-seller': 'awaiting-seller',
    'resume-awaiting-acceptance': 'awaiting-acceptance',
    'resume-accepted': 'accepted',
  },
  completed: none,
  cancelled: none,
} as const satisfies Record<SupervisionState, Row>

export const supervisionFlow = {
  saas: withRequest,
  'professional-service': withRequest,
  // S-04: a license has no request, so that there is none to submit, to reject or to come back to.
  license: {
    ...withRequest,
    'awaiting-request': none,
    'awaiting-seller': { ...withRequest['awaiting-seller'], 'reject-request': null },
    frozen: { ...withRequest.frozen, 'resume-awaiting-request': null },
  },
} as const satisfies Record<SupervisionKind, Record<SupervisionState, Row>>

/** Whose move each event is. */
export const supervisionActors = {
  'submit-request': ['buyer'],
  'reject-request': ['seller'],
  deliver: ['seller'],
  accept: ['buyer'],
  'reject-product': ['buyer'],
  remind: ['buyer'],
  appeal: ['buyer', 'seller'],
  complete: ['system'],
  cancel: ['system'],
  'resume-awaiting-request': ['system'],
  'resume-awaiting-seller': ['system'],
  'resume-awaiting-acceptance': ['system'],
  'resume-accepted': ['system'],
  'close-completed': ['system'],
  'close-cancelled': ['system'],
  withdraw: ['buyer'],
} as const satisfies Record<SupervisionEvent, readonly ('buyer' | 'seller' | 'system')[]>
