/**
 * How often the intervals of `calibrate` hold the truth: logs are drawn from a known process, fitted, and compared with what the process
 * does next.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DAY, HOUR } from '#base/time.ts'
import { distribution } from '#engine/random/distribution.ts'
import { Streams } from '#engine/random/streams.ts'
import { heldOutFigures, type SimulatedPart, simulatedPart } from '#reports/calibration/hold-out.ts'
import { RunRecord } from '#reports/record.ts'
import { calibrate } from '#scenarios/calibration/calibration.ts'
import { Observed } from '#scenarios/calibration/observed.ts'
import { calibratedScenario } from '#scenarios/calibration/scenario-text.ts'
import { parseScenario } from '#scenarios/reader.ts'
import { simulate } from '#sim/run/simulate.ts'
import { isShort } from '../effort.ts'

const LOGS = Number(process.env.MARKETSIM_LOGS ?? (isShort ? 12 : 300))
const RUNS = 3
const start = Date.UTC(2024, 2, 4)
const window = { start, split: start + 9 * DAY, end: start + 12 * DAY }

/** 40 accounts of unlike rates, one to three servers an order, and long-tailed lifetimes. */
function drawn(repetition: number): Observed {
  const streams = new Streams('calibrated', repetition)
  const [rates, times, lives, sizes] = ['rates', 'times', 'lives', 'sizes'].map((name) => streams.stream(name))
  const rate = distribution({ gamma: { shape: 2, mean: 1 } })
  const life = distribution({ lognormal: { mean: 9 * HOUR, sd: 12 * HOUR } })
  const visits: { at: number; account: string }[] = []
  for (let account = 0; account < 40; account++) {
    const pause = distribution({ exponential: { mean: (30 * HOUR) / rate.sample(rates) } })
    for (let at = start + pause.sample(times); at < window.end; at += pause.sample(times))
      visits.push({ at: Math.floor(at), account: `account ${account}` })
  }
  const observed = new Observed(window)
  for (const { at, account } of visits.sort((a, b) => a.at - b.at))
    observed.add({
      ...{ at, account, flavour: 'f', zone: 'z', product: 'p', resource: '', segment: '', months: 0, line: 1 },
      ...{ lifetimeMs: Math.ceil(life.sample(lives)), quantity: 1 + Math.floor(sizes.next() * 3) },
    })
  return observed.finish()
}

async function simulated(text: string, seed: number): Promise<SimulatedPart> {
  const folder = mkdtempSync(join(tmpdir(), 'marketsim-calibrated-'))
  try {
    const scenario = parseScenario(text, 'scenario.yaml')
    await simulate({ scenario, traces: {}, seed: String(seed), threads: 1, folder, inThisThread: true })
    const record = new RunRecord(folder)
    try {
      return simulatedPart(record, window.split)
    } finally {
      record.close()
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

test(`what comes after the log is within the interval in about 95 % of ${LOGS} logs`, async () => {
  const held = new Map<string, number>()
  for (let repetition = 0; repetition < LOGS; repetition++) {
    const calibration = calibrate(drawn(repetition).finish(), 0)
    const text = calibratedScenario('drawn', [calibration], [])
    const runs: SimulatedPart[] = []
    for (let seed = 1; seed <= RUNS; seed++) runs.push(await simulated(text, repetition * RUNS + seed))
    for (const { name, isWithin } of heldOutFigures(calibration.heldOut, runs, calibration.errors))
      held.set(name, (held.get(name) ?? 0) + (isWithin ? 1 : 0))
  }
  const shares = Object.fromEntries([...held].map(([name, count]) => [name, count / LOGS]))
  console.log(JSON.stringify(shares))
  const margin = 2.9 * Math.sqrt((0.95 * 0.05) / LOGS)
  for (const [name, share] of Object.entries(shares)) expect(share, name).toBeGreaterThanOrEqual(0.95 - margin)
})
