/** An error as plain data, since its class does not survive the way between threads. */
export interface Thrown {
  readonly name: string
  readonly message: string
  readonly stack?: string | undefined
  /** The system's code of the error, such as ENOSPC. */
  readonly code?: string | undefined
  /** What else the error says in properties of its own, each a text. */
  readonly texts?: Readonly<Record<string, string>> | undefined
}

/** Properties of an error's own that are texts, but for those of every error. */
function textsOf(error: Error): Record<string, string> {
  const { name: _, message: __, stack: ___, ...own } = error
  return Object.fromEntries(Object.entries(own).filter(([, value]) => typeof value === 'string')) as Record<
    string,
    string
  >
}

const isEmpty = (texts: object): boolean => Object.keys(texts).length === 0

/** Name, message and stack of whatever was thrown. */
export function described(thrown: unknown): Thrown {
  if (thrown instanceof Error) {
    const { name, message, stack } = thrown
    const { code, ...texts } = textsOf(thrown)
    return { name, message, stack, ...(code === undefined ? {} : { code }), ...(isEmpty(texts) ? {} : { texts }) }
  }
  return { name: 'Error', message: String(thrown) }
}

/** The error a program threw, as good as it comes back from another thread. */
export function revived({ name, message, stack, code, texts }: Thrown): Error {
  const error = new Error(message)
  error.name = name
  if (stack !== undefined) error.stack = stack
  Object.assign(error, texts, code === undefined ? {} : { code })
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
