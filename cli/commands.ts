import type { Command } from './command.ts'

/** A command as the help lists it. */
export interface ListedCommand {
  /** Its name and positional arguments as yargs reads them: `run [file]`. */
  readonly usage: string
  readonly text: string
  /** Its options and what it does, loaded when it is called: the help of the program needs none of it. */
  readonly load: () => Promise<Command>
}

/** Every command by its name, in the order of the help. */
export const commands: Readonly<Record<string, ListedCommand>> = {
  run: {
    usage: 'run [file]',
    text: 'simulate a scenario, audit it, and write its run folder',
    load: async () => (await import('./commands/run.ts')).run,
  },
  fork: {
    usage: 'fork [run]',
    text: 'continue the history of a run with other settings: one history, many futures',
    load: async () => (await import('./commands/fork.ts')).fork,
  },
  sweep: {
    usage: 'sweep [file]',
    text: 'run a scenario over many seeds and parameter values; report each figure with its confidence interval',
    load: async () => (await import('./commands/sweep.ts')).sweepCommand,
  },
  'sweep merge': {
    usage: 'sweep merge [folders..]',
    text: 'gather the results of shards, on any machines, into the result of their sweep',
    load: async () => (await import('./commands/sweep-merge.ts')).sweepMerge,
  },
  'sweep plan': {
    usage: 'sweep plan [file]',
    text: 'print what runs the shards of a sweep on Slurm, Kubernetes or HyperQueue',
    load: async () => (await import('./commands/sweep-plan.ts')).sweepPlan,
  },
  'sweep status': {
    usage: 'sweep status',
    text: 'show the sweeps and the workers of a pool',
    load: async () => (await import('./commands/sweep-status.ts')).sweepStatus,
  },
  'sweep cancel': {
    usage: 'sweep cancel [ids..]',
    text: 'remove sweeps from a pool, with their queues, inputs and results',
    load: async () => (await import('./commands/sweep-cancel.ts')).sweepCancel,
  },
  worker: {
    usage: 'worker',
    text: 'make runs for the sweeps of a pool, on this machine',
    load: async () => (await import('./commands/worker.ts')).worker,
  },
  size: {
    usage: 'size [file]',
    text: 'find the least value that keeps every bound, with a stated confidence, and stop when it is known',
    load: async () => (await import('./commands/size.ts')).sizeCommand,
  },
  rare: {
    usage: 'rare [file]',
    text: 'the probability that a pool refuses a request, however rare: exact, or by splitting where the load varies',
    load: async () => (await import('./commands/rare.ts')).rare,
  },
  resume: {
    usage: 'resume [run]',
    text: 'resume an interrupted run from its last checkpoint, or a sweep or size from its finished runs',
    load: async () => (await import('./commands/resume.ts')).resume,
  },
  check: {
    usage: 'check [file]',
    text: 'check a scenario and list every error and warning, without running it',
    load: async () => (await import('./commands/check.ts')).check,
  },
  report: {
    usage: 'report [run]',
    text: 'rebuild the reports of a run from its record',
    load: async () => (await import('./commands/report.ts')).report,
  },
  verify: {
    usage: 'verify [run]',
    text: 'verify a run: the checksum of every file, the structure of its record, and every amount',
    load: async () => (await import('./commands/verify.ts')).verify,
  },
  compare: {
    usage: 'compare [a] [b]',
    text: 'show which figures changed from one run to another, by how much, and for which labels',
    load: async () => (await import('./commands/compare.ts')).compare,
  },
  diff: {
    usage: 'diff [a] [b]',
    text: 'show the first event that differs between two runs, and what follows from it',
    load: async () => (await import('./commands/diff.ts')).diff,
  },
  list: {
    usage: 'list',
    text: 'list the bundled scenarios and the question each one answers',
    load: async () => (await import('./commands/list.ts')).list,
  },
  init: {
    usage: 'init [name]',
    text: 'write a commented scenario to start from',
    load: async () => (await import('./commands/init.ts')).init,
  },
  schema: {
    usage: 'schema',
    text: 'print the JSON Schema of scenario files, for editors',
    load: async () => (await import('./commands/schema.ts')).schema,
  },
  figures: {
    usage: 'figures [name]',
    text: 'list every figure of summary.json that a threshold can use',
    load: async () => (await import('./commands/figures.ts')).figures,
  },
  docs: {
    usage: 'docs [topic]',
    text: 'print the reference entry of a rule, a figure, a key of scenarios, or a code',
    load: async () => (await import('./commands/docs.ts')).docs,
  },
  sql: {
    usage: 'sql [run] [query]',
    text: "run a read-only SQL query on a run's record; print CSV",
    load: async () => (await import('./commands/sql.ts')).sql,
  },
  quote: {
    usage: 'quote [file]',
    text: 'compute single amounts by the rulebook: JSON requests in, JSON answers out, one per line',
    load: async () => (await import('./commands/quote.ts')).quote,
  },
  meter: {
    usage: 'meter [events]',
    text: 'rate a lifecycle log of real servers: hours and bills by the rulebook',
    load: async () => (await import('./commands/meter.ts')).meter,
  },
  reprice: {
    usage: 'reprice [what]',
    text: 'price the same history twice, by two price lists or rule versions: who pays more, who pays less',
    load: async () => (await import('./commands/reprice.ts')).reprice,
  },
  import: {
    usage: 'import [format] [logs..]',
    text: 'read a log of real use into a scenario with its trace, or into a log for meter',
    load: async () => (await import('./commands/import.ts')).importCommand,
  },
  calibrate: {
    usage: 'calibrate [log]',
    text: 'fit a scenario to a log: arrivals, lifetimes, kinds of servers and accounts; compare runs with what was held out',
    load: async () => (await import('./commands/calibrate.ts')).calibrate,
  },
  load: {
    usage: 'load [file]',
    text: 'load-test the billing core and its ledger in real time, then audit every bill',
    load: async () => (await import('./commands/load.ts')).load,
  },
  'load merge': {
    usage: 'load merge [folders..]',
    text: 'add up what the generators of a load have measured, and judge their books together',
    load: async () => (await import('./commands/load-merge.ts')).loadMerge,
  },
  export: {
    usage: 'export [run]',
    text: 'write the books of a run for hledger and Ledger, for Beancount, or as CSV',
    load: async () => (await import('./commands/export.ts')).exportCommand,
  },
  open: {
    usage: 'open [folder]',
    text: 'look at runs in the browser: from a figure to its bills, their charges and the rules behind them',
    load: async () => (await import('./commands/open.ts')).open,
  },
  explain: {
    usage: 'explain [run] [what] [id]',
    text: 'show where an amount comes from: the scenario line, the rules, the formula and the postings',
    load: async () => (await import('./commands/explain.ts')).explain,
  },
  reconcile: {
    usage: 'reconcile [what]',
    text: 'compare the bills of another system with a run, or with a lifecycle log rated here',
    load: async () => (await import('./commands/reconcile.ts')).reconcile,
  },
  'trial-balance': {
    usage: 'trial-balance [run]',
    text: 'show the trial balance of a run at a given time',
    load: async () => (await import('./commands/trial-balance.ts')).trialBalance,
  },
}

/** A shell asks what could come next: the words so far follow, with the name of the program in front. */
export const COMPLETE = '--get-yargs-completions'
