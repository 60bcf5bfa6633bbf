import { afterAll, expect, test } from 'vitest'
import { Workshop } from '../../../bench/compare/workshop.ts'
import { digestShare } from '../../../bench/digest.ts'
import { works } from '../../../bench/engine.ts'
import {
  type Contest,
  compete,
  holdContest,
  installed,
  marketContest,
  queueContest,
  tickersContest,
} from '../../../bench/peers.ts'

const shop = new Workshop()
afterAll(() => shop.remove())

/** Sizes at which a bench takes no time. */
const small: Record<string, number> = { hold: 100, queue: 500, tickers: 5, reschedule: 50, cancel: 50, draw: 2 }

test('every bench runs at a small size, and subjects that do the same work give the same result', () => {
  const answers = new Map<string, Set<string>>()
  for (const { work, start } of works) {
    const running = start(small[work] ?? 1000)
    expect(running.batch()).toBeGreaterThan(0)
    expect(running.digest()).toMatch(/^[0-9a-f]{8}$/)
    answers.set(work, (answers.get(work) ?? new Set()).add(running.digest()))
  }
  for (const [work, digests] of answers) expect({ work, answers: digests.size }).toEqual({ work, answers: 1 })
  expect(answers.get('snapshot')).toEqual(answers.get('restore'))
})

test('every installed peer gives the answer of the engine', async () => {
  const have = await installed(shop, () => {})
  const contests: Contest[] = [holdContest(100, 2000, have), queueContest(500, have), tickersContest(3, have)]
  for (const contest of contests) {
    const outcomes = await compete(shop, contest, 1, () => {})
    const [ours] = outcomes
    expect(outcomes.length).toBeGreaterThanOrEqual(3)
    expect(outcomes.map(({ subject, digest }) => ({ subject, digest }))).toEqual(
      outcomes.map(({ subject }) => ({ subject, digest: ours.digest })),
    )
  }
})

test('a market whose requests are given has the same counts and charges in every simulator', async () => {
  const have = await installed(shop, () => {})
  const outcomes = await compete(shop, marketContest(shop, 20, have), 1, () => {})
  expect(outcomes.map(({ subject }) => subject)).toEqual([
    'marketsim',
    'marketsim-whole',
    'marketsim-marginal',
    'marketsim-whole-marginal',
    ...(have.simpy ? ['SimPy'] : []),
  ])
  expect(new Set(outcomes.map(({ digest }) => digest)).size).toBe(1)
  // Orders, refusals, hours metered, hours settled, and what was charged: none of them is empty.
  expect(outcomes[0].digest).toMatch(/^[1-9]\d*(\/[1-9]\d*){4}$/)
})

test('with and without the digest the same events run', () => {
  expect(digestShare(100, 1000, 1)).toBeTypeOf('number')
})
