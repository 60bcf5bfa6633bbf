import type { Effort, Model } from './model.ts'
import { changingCapacity } from './models/changing-capacity.ts'
import { jackson } from './models/jackson.ts'
import { lindley } from './models/lindley.ts'
import { loss } from './models/loss.ts'
import { machineRepair } from './models/machine-repair.ts'
import { multiServer } from './models/multi-server.ts'
import { nonstationary } from './models/nonstationary.ts'
import { numbers } from './models/numbers.ts'
import { preemption } from './models/preemption.ts'
import { singleServer } from './models/single-server.ts'
import { throughResources } from './models/through-resources.ts'

/** Every model of the validation suite. */
export const models: readonly Model[] = [
  ...singleServer,
  lindley,
  ...multiServer,
  ...loss,
  machineRepair,
  jackson,
  ...nonstationary,
  ...throughResources,
  ...preemption,
  ...changingCapacity,
  numbers,
]

/** Probability that all values of all models together are in their intervals, if the engine is right. */
export const SIMULTANEOUS = 0.99

/** What each interval must hold for that, by Bonferroni's inequality. */
const checks = models.reduce((sum, model) => sum + Object.keys(model.theory()).length, 0)
export const individual = 1 - (1 - SIMULTANEOUS) / checks

/** Enough for half-widths of a few percent in a few seconds. */
export const moderate: Effort = { replications: 20, size: 4_000, seed: 'theory', confidence: individual }

/** Half-widths around one percent. */
export const thorough: Effort = { replications: 30, size: 30_000, seed: 'theory', confidence: individual }
