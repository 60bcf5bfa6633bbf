/**
 * Entry point `marketsim/engine`: the engine as a library, everything that is promised to stay. What is not exported here
 * may change without notice. docs/engine.md shows how the parts go together.
 *
 * @module marketsim/engine
 */

// Many runs, and one run on many threads.
// Names of release 0.1.0, deprecated: they go with the release after the next.
export { CellError, CellError as CellFault } from './cells/cell-error.ts'
export type { CellContext, CellProgram, CreateCell } from './cells/program.ts'
export { runCells } from './cells/run-cells.ts'
export { SnapshotError, SnapshotError as SnapshotFault } from './cells/snapshot.ts'
// A model made of events.
export {
  type EventHandler,
  type EventKind,
  type Handle,
  Kernel,
  type KernelState,
  NO_EVENT,
  SchedulingError,
  type TracedEvent,
} from './kernel.ts'
export { ModelTime, type TimeUnit } from './model-time.ts'
// A model made of processes.
export { type AcquireOptions, type Acquisition, acquire } from './processes/acquisition.ts'
export { allOf, anyOf, type First, type Yieldable, type Yieldable as Wish } from './processes/condition.ts'
export type { Container, ContainerOptions } from './processes/container.ts'
export { hold } from './processes/delay.ts'
export type { LevelUsage } from './processes/level-usage.ts'
export type { OneShotEvent } from './processes/one-shot-event.ts'
export { passivate } from './processes/passivation.ts'
export type { Process, Waiting } from './processes/process.ts'
export { Interrupted, Preempted, ProcessError, ProcessError as ProcessFault } from './processes/process-error.ts'
export { join, type ProcessHandle } from './processes/process-handle.ts'
export { Processes } from './processes/processes.ts'
export { serve } from './processes/serving.ts'
export type { Store, StoreOptions } from './processes/store.ts'
export type { Waitable } from './processes/waitable.ts'
// Chance.
export { BatchArrivals } from './random/arrivals/batch.ts'
export { MarkovModulatedArrivals, meanRate, type Phase } from './random/arrivals/markov-modulated.ts'
export { NonHomogeneousArrivals } from './random/arrivals/non-homogeneous.ts'
export { PoissonArrivals } from './random/arrivals/poisson.ts'
export type { ArrivalProcess } from './random/arrivals/process.ts'
export { profileRate } from './random/arrivals/profile.ts'
export { constantRate, productRate, type RateFunction } from './random/arrivals/rate.ts'
export { RenewalArrivals } from './random/arrivals/renewal.ts'
export { stagesRate } from './random/arrivals/stages.ts'
export { TraceArrivals } from './random/arrivals/trace.ts'
export { CorrelatedInputs, type CorrelationKind } from './random/correlated.ts'
export {
  type Distribution,
  type DistributionSpec,
  distribution,
  ParameterError,
  ParameterError as ParameterFault,
} from './random/distribution.ts'
export type { DistributionName as LawName, DistributionParameters as Law } from './random/parameters.ts'
export { type DistributionName, type DistributionParameters, type Parameter, parameters } from './random/parameters.ts'
export { type Stream, Streams, type StreamsState, streamWords } from './random/streams.ts'
export {
  type RefusalOptions,
  type RefusalProbability,
  refusalProbability,
} from './rare-events/refusal-probability.ts'
export {
  type LossClass,
  type LossState,
  type RateFactor,
  type SplittableLossOptions,
  SplittableLossSystem,
} from './rare-events/splittable-loss-system.ts'
export {
  type Happened,
  type PilotOptions,
  pilotLevels,
  Splitting,
  type SplittingCounts,
  type SplittingLevel,
  type SplittingModel,
} from './rare-events/splitting.ts'
export { type Job, ProcessorSharing, type SharingOptions } from './resources/processor-sharing.ts'
export {
  REFUSED,
  RENEGED,
  type Request,
  Resource,
  type ResourceOptions,
  type ResourceState,
  type Ticket,
  type TicketHandler,
} from './resources/resource.ts'
export type { Usage, UsageSummary } from './resources/usage.ts'
export { type Shift, WorkingHours } from './resources/working-hours.ts'
export type { Run } from './runs/run.ts'
export { RunError, RunError as RunFault } from './runs/run-error.ts'
export { runMany } from './runs/run-many.ts'
export { SchedulingError as SchedulingFault } from './scheduling-error.ts'
export { Simulation, type SimulationOptions } from './simulation.ts'
// Statistics.
export { type BatchMeans, batchMeans } from './statistics/batch-means.ts'
export { covers, type Interval, meanInterval } from './statistics/confidence.ts'
export {
  type ControlledMean,
  combinedRefusals,
  controlledMean,
  type LossCounts,
  type Regression,
  regressedMean,
} from './statistics/control-variates.ts'
export { Counter } from './statistics/counter.ts'
export { type EffectiveSize, effectiveSize, TooFewObservations } from './statistics/effective-size.ts'
export { Histogram } from './statistics/histogram.ts'
export { LevelSeries } from './statistics/level-series.ts'
export { mser5 } from './statistics/mser5.ts'
export { Observations } from './statistics/observations.ts'
export { pairedDifference } from './statistics/paired.ts'
export { type LevelHistory, RecordedLevel } from './statistics/recorded-level.ts'
export { replicationDeletion } from './statistics/replication.ts'
export {
  KimNelson,
  KnockoutTournament,
  optimalAllocation,
  type Selection,
  type SelectionOptions,
  type WantedDesignRuns,
} from './statistics/selection.ts'
export { expectedReplications, isPrecise, replicateUntil } from './statistics/sequential.ts'
export { Series } from './statistics/series.ts'
export { type SteadyState, steadyState } from './statistics/steady-state.ts'
export { Tally } from './statistics/tally.ts'
export { TimeWeighted } from './statistics/time-weighted.ts'
export { wilson } from './statistics/wilson.ts'
export { type Resettable, warmUp } from './warm-up.ts'
