/** The supervision flows as lifecycles for columns, one a kind. */

import {
  type SupervisionEvent,
  type SupervisionKind,
  type SupervisionState,
  startState,
  supervisionFlow,
} from '../../billing/supervision-flow.ts'
import { type Lifecycle, lifecycle } from '../../cell/lifecycle.ts'

export type SupervisionLifecycle = Lifecycle<SupervisionState, SupervisionEvent>

/** Kinds by the number that the flow's column keeps. */
export const supervisionKinds = [
  'saas',
  'license',
  'professional-service',
] as const satisfies readonly SupervisionKind[]

/** By number of the kind. All three have the same states and events in the same order. */
export const supervisionLifecycles: readonly SupervisionLifecycle[] = supervisionKinds.map((kind) =>
  lifecycle(`${kind} supervision`, supervisionFlow[kind]),
)

export const supervisionState = supervisionLifecycles[0].state

/** S-02: the state in which a flow of a kind begins, as its lifecycle numbers it. */
export const firstState = (kind: number): number => supervisionState[startState[supervisionKinds[kind]]]
