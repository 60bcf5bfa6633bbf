import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { madeOnce } from '../house/suite-folder.ts'
import { type Ended, inThisProcess, short } from './marketsim.ts'

/** A sweep of two points and two seeds of the first days of quickstart. */
export const capacity = 'regions.ap-1.zones.ap-1a.pools.c6.large.capacity'
export const wide = ['--set', 'buyers.0.count=60', '--set', 'buyers.1.count=5']
export const words = [
  ...['sweep', 'quickstart', ...short, ...wide, '--vary', `${capacity}=2,60`, '--runs', '2'],
  ...[
    '--figure',
    'ecs.refusalRate{pool=ap-1a}',
    '--figure',
    'pool.capacity{pool=ap-1a} > 50',
    '--figure',
    'orders.completed',
    '--quiet',
  ],
]
/** That sweep, made once in a suite by one thread: `whole` in its folder. */
export const sharedSweep = (): Promise<Ended & { folder: string }> =>
  madeOnce('short-sweep', (cwd) => inThisProcess([...words, '--threads', '1', '--out', 'whole'], cwd))
/** Warnings of the scenario are no errors. */
export const errorsOf = ({ stderr }: { readonly stderr: string }) =>
  stderr.split('\n').filter((line) => /^error|: error/.test(line))
/** The texts of a sweep's files, by name. */
export const filesOf = (folder: string, kind: 'sweep' | 'select' | 'size' = 'sweep') =>
  Object.fromEntries(
    ['estimates.csv', 'runs.csv', `${kind}.html`, `${kind}.json`, 'use.csv'].map((file) => [
      file,
      readFileSync(join(folder, file), 'utf8'),
    ]),
  )
