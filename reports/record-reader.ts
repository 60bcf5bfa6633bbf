/**
 * Entry point `marketsim/record`: opens the record of a run for reading. `docs/reference/record.md` describes its tables and views.
 *
 * @module marketsim/record
 */
export { DamageError } from '#base/damage-error.ts'
export { InputError } from '#base/input-error.ts'
export { RECORD_VERSION } from '#sim/record/build.ts'
export type { Column, FactTable, Unit } from '#sim/record/column.ts'
export { type FactTableName, factColumns, factTableNames, factTables } from '#sim/record/columns.ts'
export { type Cell, type Parameter, RECORD_FILE, type Row, type RunMeta, RunRecord, withRecord } from './record.ts'
export { RecordError } from './record-error.ts'
