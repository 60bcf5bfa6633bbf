/**
 * The steps that the rulebook allows, written down by the auditor from the rulebook: `event: from > to`, with
 * several states before it where it allows them. Nothing here comes from the market's own tables.
 */
import type { SupervisedKind } from './premises.ts'

export type LifecycleName = 'order' | 'instance' | 'subscription' | 'standing' | 'freeze'

type Steps = Readonly<Record<string, readonly string[]>>

/** A lifecycle: the states it may begin in (by `begin`, from nothing), its steps, and the states that end it. */
export interface Lifecycle {
  /** What `begin` leads to; empty where a life begins without a step. */
  readonly begins: readonly string[]
  /** The state a life without a `begin` starts in. */
  readonly first: string
  readonly steps: Steps
  readonly final: readonly string[]
}

export const lifecycles: Readonly<Record<LifecycleName, Lifecycle>> = {
  // O-01, O-08, O-10, S-08
  order: {
    begins: ['pending-approval', 'pending-payment'],
    first: '',
    steps: {
      approve: ['pending-approval > pending-payment'],
      pay: ['pending-payment > processing'],
      complete: ['processing > completed'],
      expire: ['pending-payment > cancelled'],
      cancel: ['pending-approval > cancelled', 'pending-payment > cancelled', 'processing > cancelled'],
      fail: ['pending-approval > cancelled', 'pending-payment > cancelled', 'processing > cancelled'],
    },
    final: ['completed', 'cancelled'],
  },
  // E-01, E-07, E-10, E-11, A-03, A-05
  instance: {
    begins: ['creating'],
    first: '',
    steps: {
      launch: ['creating > running'],
      stop: ['running > stopped'],
      start: ['stopped > running', 'interrupted > running'],
      suspend: ['running > suspended', 'stopped > suspended', 'changing-image > suspended'],
      unfreeze: ['suspended > stopped'],
      resume: ['suspended > running'],
      changeImage: ['stopped > changing-image'],
      imageChanged: ['changing-image > stopped'],
      break: ['running > down'],
      recover: ['down > running', 'interrupted > running'],
      interrupt: ['running > interrupted'],
      delete: ['creating', 'running', 'down', 'interrupted', 'stopped', 'suspended', 'changing-image'].map(
        (from) => `${from} > deleted`,
      ),
      release: ['creating', 'running', 'down', 'interrupted', 'stopped', 'suspended', 'changing-image'].map(
        (from) => `${from} > deleted`,
      ),
      fail: ['creating', 'running', 'down', 'interrupted', 'stopped', 'suspended', 'changing-image'].map(
        (from) => `${from} > failed`,
      ),
    },
    final: ['deleted', 'failed'],
  },
  // N-01
  subscription: {
    begins: ['active'],
    first: '',
    steps: {
      expire: ['active > grace'],
      graceEnds: ['grace > retention'],
      retentionEnds: ['retention > released'],
      renew: ['active > active', 'grace > active', 'retention > active'],
      unsubscribe: ['active > released'],
      upgrade: ['active > active'],
      expand: ['active > active'],
    },
    final: ['released'],
  },
  // A-01..A-05
  standing: {
    begins: [],
    first: 'good',
    steps: {
      fallDue: ['good > grace'],
      graceEnds: ['grace > suspended'],
      retentionEnds: ['suspended > released'],
      settle: ['grace > good', 'suspended > good', 'released > good'],
    },
    final: [],
  },
  // O-14, N-07
  freeze: {
    begins: [],
    first: 'free',
    steps: {
      freeze: ['free > frozen', 'frozen-legally > frozen'],
      freezeLegally: ['free > frozen-legally', 'frozen > frozen-legally'],
      unfreeze: ['frozen > free', 'frozen-legally > free'],
    },
    final: [],
  },
}

const unended = ['awaiting-request', 'awaiting-seller', 'awaiting-acceptance', 'accepted']

/** S-02..S-09 of a flow that may wait in these states: a license has no request to submit, reject or come back to. */
const flow = (waiting: readonly string[], begins: string): Lifecycle => ({
  begins: [begins],
  first: '',
  steps: {
    ...(waiting.includes('awaiting-request') && {
      'submit-request': ['awaiting-request > awaiting-seller'],
      'reject-request': ['awaiting-seller > awaiting-request'],
    }),
    deliver: ['awaiting-seller > awaiting-acceptance'],
    remind: ['awaiting-seller > awaiting-seller'],
    accept: ['awaiting-acceptance > accepted'],
    'reject-product': ['awaiting-acceptance > awaiting-seller'],
    appeal: waiting.map((from) => `${from} > frozen`),
    ...Object.fromEntries(waiting.map((to) => [`resume-${to}`, [`frozen > ${to}`]])),
    complete: ['accepted > completed', 'frozen > completed'],
    cancel: ['frozen > cancelled'],
    'close-completed': [...waiting, 'frozen'].map((from) => `${from} > completed`),
    'close-cancelled': [...waiting, 'frozen'].map((from) => `${from} > cancelled`),
    withdraw: waiting.map((from) => `${from} > cancelled`),
  },
  final: ['completed', 'cancelled'],
})

export const supervisionLifecycles: Readonly<Record<SupervisedKind, Lifecycle>> = {
  saas: flow(unended, 'awaiting-request'),
  'professional-service': flow(unended, 'awaiting-request'),
  license: flow(unended.slice(1), 'awaiting-seller'),
}
