/** Systems without waiting room. Their results do not depend on the law of the service time, only on its mean. */
import { type Distribution, distribution } from '#engine/random/distribution.ts'
import { type Reading, runClosed, runOpen } from '../drive.ts'
import { birthDeath, erlangB, expectation } from '../formulas.ts'
import { LITTLE, type Model, SERVICE } from '../model.ts'

const read: Reading = (station, now) => ({
  'share blocked': station.blocked / station.arrived,
  'mean busy': station.busy.mean(now),
})

const laws = {
  M: distribution({ exponential: { mean: SERVICE } }),
  D: distribution({ constant: SERVICE }),
  lognormal: distribution({ lognormal: { mean: SERVICE, sd: 2 * SERVICE } }),
  uniform: distribution({ uniform: { min: 0, max: 2 * SERVICE } }),
} satisfies Record<string, Distribution>

function erlangLoss(law: keyof typeof laws, servers: number, load: number): Model {
  return {
    name: `M/${law}/${servers}/${servers}, ${load} erlangs`,
    source: 'Erlang B (1917); insensitivity: Sevastyanov 1957',
    theory: () => {
      const blocked = erlangB(servers, load)
      return { 'share blocked': blocked, 'mean busy': load * (1 - blocked), [LITTLE]: 0 }
    },
    simulate: (size, streams) => {
      const interarrival = distribution({ exponential: { mean: SERVICE / load } })
      return runOpen(size, streams, interarrival, { servers, room: 0, service: laws[law] }, read)
    },
  }
}

/** A finite population of sources; an idle one calls at rate `rate` per mean service time. */
function engset(law: keyof typeof laws, sources: number, servers: number, rate: number): Model {
  const states = (population: number) =>
    birthDeath(
      servers,
      (n) => (population - n) * rate,
      (n) => n,
    )
  return {
    name: `Engset, ${sources} sources, ${servers} ${law} servers`,
    source: 'Engset 1918',
    theory: () => ({
      // A call sees the others only: the arrival theorem.
      'share blocked': states(sources - 1)[servers],
      'mean busy': expectation(states(sources), (n) => n),
      [LITTLE]: 0,
    }),
    simulate: (size, streams) => {
      const away = distribution({ exponential: { mean: SERVICE / rate } })
      return runClosed(size, streams, sources, away, { servers, room: 0, service: laws[law] }, read)
    },
  }
}

/** The number present is a Poisson variable, whatever the service. */
function mgInfinity(law: keyof typeof laws, load: number): Model {
  return {
    name: `M/${law}/infinity, ${load} erlangs`,
    source: 'Takacs 1962, chapter 3',
    theory: () => ({ 'mean number present': load, 'variance of the number': load, [LITTLE]: 0 }),
    simulate: (size, streams) => {
      const interarrival = distribution({ exponential: { mean: SERVICE / load } })
      const plan = { servers: Infinity, service: laws[law] }
      return runOpen(size, streams, interarrival, plan, (station, now) => {
        const mean = station.present.mean(now)
        // Around the true mean: around the measured one it would come out too small by the variance of that.
        const variance = station.presentSquared.mean(now) - 2 * load * mean + load ** 2
        return { 'mean number present': mean, 'variance of the number': variance }
      })
    },
  }
}

export const loss: readonly Model[] = [
  erlangLoss('M', 10, 8),
  erlangLoss('D', 10, 8),
  erlangLoss('uniform', 10, 8),
  erlangLoss('lognormal', 10, 8),
  engset('M', 12, 5, 0.6),
  engset('lognormal', 12, 5, 0.6),
  mgInfinity('lognormal', 20),
  mgInfinity('uniform', 20),
]
