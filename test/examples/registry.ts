/** The models of `examples/`, what they are compared with, and how many lines SimPy's own program has. */
import * as balking from '../../examples/ciw/balking.ts'
import * as bank from '../../examples/ciw/bank.ts'
import * as cafe from '../../examples/ciw/cafe.ts'
import * as clinic from '../../examples/ciw/clinic.ts'
import * as sharing from '../../examples/ciw/processor-sharing.ts'
import * as stools from '../../examples/ciw/stools.ts'
import * as jockeying from '../../examples/law/bank-jockeying.ts'
import * as harbour from '../../examples/law/harbour.ts'
import * as inventory from '../../examples/law/inventory.ts'
import * as jobShop from '../../examples/law/job-shop.ts'
import * as mm1 from '../../examples/law/mm1.ts'
import * as computer from '../../examples/law/time-shared-computer.ts'
import * as bankRenege from '../../examples/simpy/bank-renege.ts'
import * as carwash from '../../examples/simpy/carwash.ts'
import * as latency from '../../examples/simpy/event-latency.ts'
import * as gasStation from '../../examples/simpy/gas-station.ts'
import * as machineShop from '../../examples/simpy/machine-shop.ts'
import * as movies from '../../examples/simpy/movie-renege.ts'
import * as communication from '../../examples/simpy/process-communication.ts'
import { birthDeath, erlangC, expectation } from '../engine/theory/formulas.ts'

/** What a model prints and finds out; quantities by name, times in its own unit. */
export type Figures = Readonly<Record<string, number>>
export type Print = (line: string) => void

export type Example = {
  /** Path below `examples/`, without its ending. */
  readonly path: string
  /** As it runs from the command line. */
  readonly print: (print: Print) => void
  /** One run of the comparison. */
  readonly measure: (seed: string) => Figures
  /** Expected values where theory knows them; the others are compared with stored runs of an original. */
  readonly theory?: Figures
  /** Lines of SimPy's program that are not blank, no comment and no docstring. */
  readonly simpyLines?: number
}

/** Balking: the birth-death process whose arrivals join with these probabilities by number present. */
function balkingTheory(): Figures {
  const joins = [1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0]
  const present = birthDeath(
    7,
    (n) => 5 * joins[n],
    () => 10,
  )
  return {
    balked: expectation(present, (n) => 1 - joins[n]),
    utilization: 1 - present[0],
    meanQueue: expectation(present, (n) => Math.max(0, n - 1)),
  }
}

/** Mean time in system of a shared processor: M/M/1 by insensitivity, M/M/c where c jobs are not slowed. */
const sharingTheory: Figures = {
  'stay, shared by all': 4 / 9 / (1 - 4 / 9),
  'stay, shared by three at most': 4 / 9 / (1 - 4 / 9),
  'stay, three processors': 10 / 12 + (erlangC(3, 10 / 12) * (10 / 12)) / (3 - 10 / 12),
}

const silent = () => {}

export const examples: readonly Example[] = [
  {
    path: 'simpy/bank-renege',
    print: (print) => void bankRenege.run('bank', print),
    measure: (seed) => bankRenege.run(seed, silent),
    simpyLines: 33,
  },
  {
    path: 'simpy/carwash',
    print: (print) => void carwash.run('carwash', print),
    measure: (seed) => carwash.run(seed, silent, 500),
    simpyLines: 37,
  },
  {
    path: 'simpy/gas-station',
    print: (print) => void gasStation.run('gas station', print),
    measure: (seed) => gasStation.run(seed, silent, 20_000),
    simpyLines: 47,
  },
  {
    path: 'simpy/event-latency',
    print: (print) => void latency.run('latency', print),
    measure: (seed) => latency.run(seed, silent),
    simpyLines: 28,
  },
  {
    path: 'simpy/machine-shop',
    print: (print) => void machineShop.run('machine shop', print),
    measure: (seed) => machineShop.run(seed, silent, 1),
    simpyLines: 68,
  },
  {
    path: 'simpy/movie-renege',
    print: (print) => void movies.run('movies', print),
    measure: (seed) => movies.run(seed, silent),
    simpyLines: 50,
  },
  {
    path: 'simpy/process-communication',
    print: (print) => void communication.run('communication', print),
    measure: (seed) => communication.run(seed, silent, 2000),
    simpyLines: 48,
  },
  {
    path: 'ciw/bank',
    print: (print) => void bank.run('bank', print),
    measure: (seed) => bank.run(seed, silent),
  },
  { path: 'ciw/cafe', print: (print) => void cafe.run('cafe', print), measure: (seed) => cafe.run(seed, silent) },
  {
    path: 'ciw/stools',
    print: (print) => void stools.run('stools', print),
    measure: (seed) => stools.run(seed, silent),
  },
  {
    path: 'ciw/clinic',
    print: (print) => void clinic.run('clinic', print),
    measure: (seed) => clinic.run(seed, silent),
  },
  {
    path: 'ciw/balking',
    print: (print) => void balking.run('balking', print),
    measure: (seed) => balking.run(seed, silent),
    theory: balkingTheory(),
  },
  {
    path: 'ciw/processor-sharing',
    print: (print) => void sharing.run('sharing', print),
    measure: (seed) => sharing.run(seed, silent),
    theory: sharingTheory,
  },
  { path: 'law/mm1', print: (print) => void mm1.run('mm1', print), measure: (seed) => mm1.run(seed, silent) },
  {
    path: 'law/inventory',
    print: (print) => void inventory.run('inventory', print),
    measure: (seed) => inventory.run(seed, silent),
  },
  {
    path: 'law/time-shared-computer',
    print: (print) => void computer.run('computer', print),
    measure: (seed) => computer.run(seed, silent),
  },
  {
    path: 'law/bank-jockeying',
    print: (print) => void jockeying.run('jockeying', print),
    measure: (seed) => jockeying.run(seed, silent),
  },
  {
    path: 'law/job-shop',
    print: (print) => void jobShop.run('job shop', print),
    measure: (seed) => jobShop.run(seed, silent),
  },
  {
    path: 'law/harbour',
    print: (print) => void harbour.run('harbour', print),
    measure: (seed) => harbour.run(seed, silent),
  },
]

/** What the program prints from the command line. */
export function outputOf({ print }: Example): string {
  const lines: string[] = []
  print((line) => void lines.push(line))
  return `${lines.join('\n')}\n`
}

/** Lines of a program that are not blank and no comment. */
export function codeLines(source: string): number {
  return source
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.trim().startsWith('//')).length
}
