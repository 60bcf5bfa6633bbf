import { type Command, scenarioFile, setOption } from '../command.ts'
import { junitOption } from '../junit-file.ts'

export const run: Command = {
  name: 'run',
  positionals: { file: scenarioFile },
  options: {
    seed: { type: 'string', defaultDescription: "the scenario's", describe: 'random seed, any text' },
    threads: {
      type: 'number',
      defaultDescription: 'one for a small run, else one per processor',
      describe: 'threads to use; the result is the same for any number',
    },
    out: { type: 'string', completes: 'folder', defaultDescription: 'runs/NAME-SEED', describe: 'the run folder' },
    set: setOption,
    'no-compare': { type: 'boolean', describe: 'leave out the runs of `compareWith`' },
    force: { type: 'boolean', describe: 'replace an earlier run in that folder' },
    'checkpoint-every': {
      type: 'string',
      describe: 'simulated time between checkpoints, such as 30d, from which `resume` continues',
    },
    until: {
      type: 'string',
      describe: 'end at this instant, or so long after the start, and keep what `fork` continues from',
    },
    quiet: { type: 'boolean', describe: 'show no progress' },
    json: { type: 'boolean', describe: 'print summary.json instead of the closing summary' },
    junit: junitOption('the thresholds'),
  },
  examples: [
    ['npm start', 'run the first bundled scenario'],
    ['npm start -- run FILE --seed 7 --threads 2', 'another seed, two threads'],
    ['npm start -- run quickstart --set policies.grace.days=3', 'one switch changed'],
  ],
  // Loaded only now: `run --help` needs no simulation.
  execute: async (arguments_) => (await import('../start-run.ts')).startRun(arguments_),
}
