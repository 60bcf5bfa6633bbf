/** An error as plain data, since its class does not survive the way between threads. */
export interface Thrown {
  readonly name: string
  readonly message: string
  readonly stack?: string | undefined
  /** The system's code of the error, such as ENOSPC. */
  readonly code?: string | undefined
}

/** Name, message and stack of whatever was thrown. */
export function described(thrown: unknown): Thrown {
  if (thrown instanceof Error) {
    const { code } = thrown as { code?: unknown }
    const told = { name: thrown.name, message: thrown.message, stack: thrown.stack }
    return typeof code === 'string' ? { ...told, code } : told
  }
  return { name: 'Error', message: String(thrown) }
}

/** The error a program threw, as good as it comes back from another thread. */
export function revived({ name, message, stack, code }: Thrown): Error {
  const error = new Error(message)
  error.name = name
  if (stack !== undefined) error.stack = stack
  if (code !== undefined) Object.assign(error, { code })
  return error
}

/** The rejection of a run that its caller's AbortSignal has ended; `cause` is the signal's reason. */
export class AbortError extends Error {
  override name = 'AbortError'
  readonly code = 'ABORT_ERR'

  constructor(reason: unknown) {
    super('The run was aborted', { cause: reason })
  }
}
