import { distribution } from '#engine/random/distribution.ts'
import { runClosed } from '../drive.ts'
import { birthDeath, expectation } from '../formulas.ts'
import { LITTLE, type Model, SERVICE } from '../model.ts'

const MACHINES = 8
const REPAIRERS = 2
/** Breakdowns of a running machine per mean repair time. */
const BREAKDOWNS = 0.2

const service = distribution({ exponential: { mean: SERVICE } })
const away = distribution({ exponential: { mean: SERVICE / BREAKDOWNS } })

/** Machines that break down, run again once repaired, and wait when all repairers are busy. */
export const machineRepair: Model = {
  name: `machine repair, ${MACHINES} machines, ${REPAIRERS} repairers`,
  source: 'Palm 1947; Feller I, XVII.7',
  theory: () => {
    const repaired = (n: number) => Math.min(n, REPAIRERS)
    const states = birthDeath(MACHINES, (n) => (MACHINES - n) * BREAKDOWNS, repaired)
    const down = expectation(states, (n) => n)
    const busy = expectation(states, repaired)
    return {
      'mean machines down': down,
      'mean repairers busy': busy,
      // Little's law, with as many breakdowns as repairs.
      'mean wait for repair': (down - busy) / busy,
      'mean time down': down / busy,
      [LITTLE]: 0,
    }
  },
  simulate: (size, streams) =>
    runClosed(size, streams, MACHINES, away, { servers: REPAIRERS, service }, (station, now) => ({
      'mean machines down': station.present.mean(now),
      'mean repairers busy': station.busy.mean(now),
      'mean wait for repair': station.waits[0].mean / SERVICE,
      'mean time down': station.times.mean / SERVICE,
    })),
}
