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
    // SQLite's errors have a code that is not enumerable.
    const { code } = thrown as NodeJS.ErrnoException
    const { code: _, ...texts } = textsOf(thrown)
    return {
      name,
      message,
      stack,
      ...(typeof code === 'string' ? { code } : {}),
      ...(isEmpty(texts) ? {} : { texts }),
    }
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

/** What came of work in another thread: its result, or what it threw. */
export type Answer<T> = { readonly result: T } | { readonly thrown: Thrown }

/** Does work whose answer goes to another thread: never rejects, so that the class and the code of an error survive. */
export async function answerOf<T>(work: () => T | Promise<T>): Promise<Answer<T>> {
  try {
    return { result: await work() }
  } catch (error) {
    return { thrown: described(error) }
  }
}

/** The result of work in another thread. @throws what it threw there */
export function resultOf<T>(answer: Answer<T>): T {
  if ('thrown' in answer) throw revived(answer.thrown)
  return answer.result
}

/** The rejection of a run that its caller's AbortSignal has ended; `cause` is the signal's reason. */
export class AbortError extends Error {
  override name = 'AbortError'
  readonly code = 'ABORT_ERR'

  constructor(reason: unknown) {
    super('The run was aborted', { cause: reason })
  }
}
