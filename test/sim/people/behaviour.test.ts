/** "With a probability, after a delay": what is drawn, in which order, and when the timer is set. */
import { expect, test } from 'vitest'
import type { Stream } from '#engine/random/streams.ts'
import { NONE } from '#sim/cell/table.ts'
import type { Servers } from '#sim/market/servers/servers.ts'
import { Behaviour, type Declared, type Habit, habitFrom } from '#sim/people/behaviour.ts'
import { SmallMarket, START } from '../market/small-market.ts'

/** A delay of 0 to 1,000 ms: a draw of 0.25 is 250 ms. */
const after = { uniform: { min: 0, max: 1000 } }

/** Gives these numbers out, one by one, and notes which purpose each was drawn for. */
function scripted(numbers: readonly number[]) {
  const left = [...numbers]
  const drawn: string[] = []
  const streamOf = (account: number, purpose: string): Stream => ({
    path: purpose,
    next: () => {
      drawn.push(`${purpose} of ${account}`)
      return left.shift() as number
    },
    below: () => 0,
  })
  return { drawn, streamOf }
}

interface Case {
  readonly name: string
  readonly probability?: number
  readonly draws: readonly number[]
  readonly drawn: readonly string[]
  /** ms from now; undefined for never. */
  readonly wait?: number
  readonly declared?: Partial<Declared<Servers, 'instances'>>
}

function made({ probability, draws, declared = {} }: Pick<Case, 'probability' | 'draws' | 'declared'>) {
  const small = new SmallMarket()
  const { servers } = small.market
  const row = servers.instances.add()
  servers.instances.account[row] = 2
  const { drawn, streamOf } = scripted(draws)
  const acted: number[] = []
  const behaviour = new Behaviour<Servers, 'instances', Habit>(servers, streamOf, {
    timer: 'buyerStops',
    stream: 'whim',
    habit: () => habitFrom({ ...(probability === undefined ? {} : { probability }), after }),
    account: ({ instances }) => instances.account,
    pending: ({ instances }) => instances.habitTimer,
    act: (market, subject) => {
      expect(market.instances.habitTimer[subject]).toBe(NONE)
      acted.push(subject)
    },
    ...declared,
  })
  const waits = () => [...small.wakes.values()].map(({ kind, at, entity }) => [kind, at - START, entity])
  return { behaviour, servers, row, drawn, acted, waits }
}

test.each<Case>([
  { name: 'probability 0 draws nothing', probability: 0, draws: [], drawn: [] },
  {
    name: 'a draw below the probability: yes',
    probability: 0.5,
    draws: [0.49, 0.25],
    drawn: ['whim', 'whim'],
    wait: 250,
  },
  { name: 'a draw at the probability: no', probability: 0.5, draws: [0.5], drawn: ['whim'] },
  { name: 'probability 1 draws as any other', probability: 1, draws: [0.99, 0.5], drawn: ['whim', 'whim'], wait: 500 },
  { name: 'without a probability only the delay is drawn', draws: [0.75], drawn: ['whim'], wait: 750 },
  { name: 'a delay is whole milliseconds', draws: [0.0006], drawn: ['whim'], wait: 1 },
  {
    name: 'a delay may have a stream of its own',
    probability: 0.5,
    draws: [0.1, 0.2],
    drawn: ['whim', 'when'],
    wait: 200,
    declared: { delayStream: 'when' },
  },
  { name: 'a row that gives no occasion draws nothing', draws: [], drawn: [], declared: { applies: () => false } },
  {
    name: 'a subject of NONE is left, after the probability was drawn',
    probability: 1,
    draws: [0.1],
    drawn: ['whim'],
    declared: { subject: () => NONE },
  },
])('$name', ({ drawn, wait, ...given }) => {
  const { behaviour, row, drawn: purposes, waits } = made(given)
  expect(behaviour.consider(row)).toBe(wait !== undefined)
  expect(purposes).toEqual(drawn.map((purpose) => `${purpose} of 2`))
  expect(waits()).toEqual(wait === undefined ? [] : [['buyerStops', wait, row]])
})

test('a second occasion replaces the timer, and acting clears it first', () => {
  const { behaviour, servers, row, acted, waits } = made({ draws: [0.1, 0.9] })
  behaviour.consider(row)
  behaviour.consider(row)
  expect(waits()).toEqual([['buyerStops', 900, row]])
  expect(servers.instances.habitTimer[row]).not.toBe(NONE)
  behaviour.act(row)
  expect(acted).toEqual([row])
  behaviour.schedule(row, 10)
  behaviour.cancel(row)
  expect(servers.instances.habitTimer[row]).toBe(NONE)
})
