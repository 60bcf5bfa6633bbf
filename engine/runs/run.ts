/** One run of many. */
export interface RunTask {
  /** The point of the sweep, as given; read only. */
  readonly point: unknown
  readonly pointIndex: number
  readonly replication: number
  /** The same for all runs: with the replication it seeds the streams, so that points meet common random numbers. */
  readonly seed: string
}

/** Exported as `run` by the program's module. The result must be such as `v8.serialize` takes. */
export type Run<R = unknown> = (task: RunTask) => R | Promise<R>

/** Loads a program's module in this thread. */
export async function loadRun(module: string): Promise<Run> {
  const exported: { run?: unknown } = await import(/* @vite-ignore */ module)
  if (typeof exported.run !== 'function') throw new TypeError(`${module} exports no function run`)
  return exported.run as Run
}
