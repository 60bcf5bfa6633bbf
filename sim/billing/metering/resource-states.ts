/** U-01..U-06: what can happen to a metered resource, and what it is in between. */
import { BillingError } from '#base/billing-error.ts'

export type ResourceState = 'absent' | 'running' | 'stopped' | 'suspended' | 'down' | 'deleted'

/** What a lifecycle log says. */
export type LogAction = 'start' | 'stop' | 'image' | 'resize' | 'suspend' | 'resume' | 'down' | 'delete'

/** A resumption comes back stopped or running, as `unfreeze.payPerUse` says. */
type ResourceEvent = Exclude<LogAction, 'resume'> | 'resume-stopped' | 'resume-running'

export const logActions: readonly LogAction[] = [
  ...(['start', 'stop', 'image', 'resize', 'suspend', 'resume', 'down', 'delete'] as const),
]

const nothing = {
  image: null,
  resize: null,
  stop: null,
  suspend: null,
  'resume-stopped': null,
  'resume-running': null,
  down: null,
} as const

/** `null` is impossible: a log that says so is wrong. */
export const resourceFlow = {
  absent: { ...nothing, start: 'running', delete: null },
  running: {
    ...nothing,
    start: null,
    stop: 'stopped',
    image: 'running',
    resize: 'running',
    suspend: 'suspended',
    down: 'down',
    delete: 'deleted',
  },
  stopped: {
    ...nothing,
    start: 'running',
    image: 'stopped',
    resize: 'stopped',
    suspend: 'suspended',
    down: 'down',
    delete: 'deleted',
  },
  suspended: {
    ...nothing,
    start: null,
    'resume-stopped': 'stopped',
    'resume-running': 'running',
    down: 'down',
    delete: 'deleted',
  },
  // E-10, E-11: nothing of it is charged until it starts again.
  down: { ...nothing, start: 'running', delete: 'deleted' },
  deleted: { ...nothing, start: null, delete: null },
} as const satisfies Record<ResourceState, Record<ResourceEvent, ResourceState | null>>

/** The state after an action. Throws BillingError where the table holds none. */
export function stateAfter(
  state: ResourceState,
  action: LogAction,
  unfreeze: 'stopped' | 'running',
  where: string,
): ResourceState {
  const row: Record<ResourceEvent, ResourceState | null> = resourceFlow[state]
  const next = row[action === 'resume' ? (`resume-${unfreeze}` as const) : action]
  if (next !== null) return next
  const possible = logActions.filter((each) => row[each === 'resume' ? 'resume-stopped' : each] !== null)
  const what = state === 'absent' ? 'a resource that was never started' : `a ${state} resource`
  throw new BillingError(
    where,
    `${action} of ${what}`,
    possible.length > 0 ? `possible there: ${possible.join(', ')}` : 'nothing follows a deletion; remove the event',
  )
}
