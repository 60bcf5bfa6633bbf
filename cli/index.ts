/**
 * Entry point `marketsim`: read a scenario, run it into a folder, write its reports, open its record. The commands are
 * built from the same functions.
 *
 * @module marketsim
 */
export { InputError } from '#base/input-error.ts'
export { RunRecord, withRecord } from '#reports/record.ts'
export type { Summary } from '#reports/summary.ts'
export { reportFiles, writeReports } from '#reports/write.ts'
// `ScenarioFaults` is the name of release 0.1.0, deprecated.
export { type Fault, ScenarioErrors, ScenarioErrors as ScenarioFaults } from '#scenarios/errors.ts'
export { type LibraryScenario, libraryScenarios } from '#scenarios/library.ts'
export { parseScenario, type ReadOptions, type ReadScenario, readScenario } from '#scenarios/reader.ts'
export type { Scenario } from '#scenarios/schema.ts'
export type { RunOutcome } from '#sim/run/outcome.ts'
export { type RunProgress, type RunRequest, simulate } from '#sim/run/simulate.ts'
export { marketsimVersion } from './versions.ts'
