import type { Command } from '../command.ts'
import { junitOption } from '../junit-file.ts'

export const fork: Command = {
  name: 'fork',
  positionals: {
    run: { type: 'string', completes: 'run', describe: 'the folder of a run that `run --until` made' },
  },
  options: {
    at: {
      type: 'string',
      defaultDescription: 'where the history ends',
      describe: 'the instant from which settings differ, or a duration after the start',
    },
    set: {
      type: 'string',
      array: true,
      completes: 'set',
      describe: 'path=value: change one value of the scenario from then on; may be repeated',
    },
    event: {
      type: 'string',
      array: true,
      describe: "add an event such as 'outage: { zone: Z, for: 2h }'; may be repeated",
    },
    seed: { type: 'string', describe: 'draw from another seed from then on: another future of the same past' },
    threads: {
      type: 'number',
      defaultDescription: 'one for a small run, else one per processor',
      describe: 'threads to use; the result is the same for any number',
    },
    out: {
      type: 'string',
      completes: 'folder',
      defaultDescription: 'runs/NAME-SEED-fork-CHANGES',
      describe: 'the run folder',
    },
    force: { type: 'boolean', describe: 'replace an earlier run in that folder' },
    'checkpoint-every': {
      type: 'string',
      describe: 'simulated time between checkpoints, such as 30d, from which `resume` continues',
    },
    quiet: { type: 'boolean', describe: 'show no progress' },
    json: { type: 'boolean', describe: 'print summary.json instead of the closing summary' },
    junit: junitOption('the thresholds'),
  },
  examples: [
    ['npm start -- run quickstart --until 2024-03-10T00:00:00+08:00', 'one history, kept up to a date'],
    ['npm start -- fork runs/quickstart-42-until --set policies.pool.whenFull=queue', 'one of its futures'],
  ],
  // Loaded only now: `fork --help` needs no simulation.
  execute: async (arguments_) => (await import('../start-fork.ts')).startFork(arguments_),
}
