/** E-10: servers of two sizes on one host are the multi-rate loss system of Kaufman (1981) and Roberts (1981). */
import { expect, test } from 'vitest'
import { simulated } from './inline-run.ts'

/** Refusal rates of requests by size where `room` holds loads (erlangs) of sizes, by the recursion of Kaufman and Roberts. */
function refusalRates(room: number, classes: readonly { readonly size: number; readonly load: number }[]): number[] {
  const weights = [1]
  for (let used = 1; used <= room; used++)
    weights[used] =
      classes.reduce((sum, { size, load }) => (used < size ? sum : sum + load * size * weights[used - size]), 0) / used
  const whole = weights.reduce((sum, weight) => sum + weight, 0)
  return classes.map(({ size }) => weights.slice(room - size + 1).reduce((sum, weight) => sum + weight, 0) / whole)
}

const scenario = `name: two-sizes
question: Does a host of two sizes refuse as theory says?
start: 2024-01-01T00:00:00+08:00
duration: 6d
seed: 12
money: ignore
regions:
  - id: r
    zones:
      - id: z
        hosts: [{ id: one, count: 1, vcpu: 16 }]
        pools: [{ flavour: small, hosts: one, vcpu: 1 }, { flavour: large, hosts: one, vcpu: 4 }]
sellers: [{ segment: isv }]
catalog: [{ id: A, kind: image, seller: isv/1, category: c, specifications: [{ id: s, billing: pay-per-use }] }]
buyers:
  - { segment: small, count: 5, load: { poisson: { total: 20/h } }, buys: [{ product: A, specification: s, flavour: small, lifetime: { exponential: { mean: 18min } } }] }
  - { segment: large, count: 5, load: { poisson: { total: 5/h } }, buys: [{ product: A, specification: s, flavour: large, lifetime: { erlang: { shape: 2, mean: 18min } } }] }
`

test('E-10: a host of 16 vCPU refuses servers of 1 and of 4 vCPU as Kaufman and Roberts say, whatever the law of lifetimes', async () => {
  const [small, large] = refusalRates(16, [
    { size: 1, load: 6 },
    { size: 4, load: 1.5 },
  ])
  await simulated(scenario, ({ outcome, rows }) => {
    expect(outcome.differences).toBe(0)
    const counted = rows<{
      flavour: string
      refused: number
      all: number
    }>(`SELECT p.flavour, sum(r.refused) AS refused, count(*) AS "all"
      FROM (SELECT pool, 0 AS refused FROM instances UNION ALL SELECT pool, 1 FROM refusals) r JOIN pools p ON p.id = r.pool
      GROUP BY p.flavour`)
    const rate = (flavour: string): number => {
      const found = counted.find((each) => each.flavour === flavour)
      return (found?.refused ?? 0) / (found?.all ?? 1)
    }
    // Some 2,880 and 720 requests: three standard errors of refusals that come in clusters.
    expect(Math.abs(rate('small') - small)).toBeLessThan(0.03)
    expect(Math.abs(rate('large') - large)).toBeLessThan(0.08)
  })
})
