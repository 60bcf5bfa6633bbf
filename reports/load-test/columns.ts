/** The columns of the CSV files of a load test, with what each says: their writers and the reference take them from here. */

const afterDue = 'after the operation came due'
const afterBegin = 'after a thread began with it'
const ms = (what: string, from: string): string => `${what} of the milliseconds ${from}`

export const loadColumns = {
  /** A row for each interval for all operations, then one for each kind that came due in it. */
  'latencies.csv': {
    from_s: 'beginning of the interval, in seconds from the start',
    operation: '`all`, or a kind of operation',
    due: 'operations that came due',
    done: 'operations that were done; of `all`',
    dropped: 'operations that were dropped; of `all`',
    backlog: 'operations that waited; of `all`',
    response_p50: ms('median', afterDue),
    response_p99: ms('99 %', afterDue),
    response_max: ms('largest', afterDue),
    service_p50: ms('median', `${afterBegin}; of \`all\``),
    service_p99: ms('99 %', `${afterBegin}; of \`all\``),
    service_max: ms('largest', `${afterBegin}; of \`all\``),
    processors: 'processors in use; of `all`',
    memory_mib: 'memory in MiB; of `all`',
  },
  'percentiles.csv': {
    operation: '`all`, or a kind of operation',
    percentile: 'share of the operations that took no longer, in percent',
    response: `milliseconds ${afterDue}`,
    service: `milliseconds ${afterBegin}`,
  },
  'knee.csv': {
    rate: 'operations per second that came due',
    held: '1 where the trial kept its target',
    counted: '0 where other programs disturbed it too much',
    disturbance: 'share of the time lost to other programs, from 0 to 1',
    achieved: 'operations per second that were done',
    dropped: 'operations that were dropped',
    measured: 'the figure of the target, as it was measured',
    why: 'why the trial broke its target; empty where it kept it',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>

/** The header of a file. */
export const loadHead = (file: keyof typeof loadColumns): readonly string[] => Object.keys(loadColumns[file])
