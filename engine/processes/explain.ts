/** Why a process cannot wait for something that it yielded, and what to yield instead. */
export function explain(value: unknown): string {
  return `it yields ${nameOf(value)}; ${hintOf(value)}`
}

function nameOf(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (typeof value === 'string') return `the text ${JSON.stringify(value)}`
  if (typeof value === 'function') return `the function ${value.name || 'without a name'}`
  if (typeof value !== 'object') return `the ${typeof value} ${String(value)}`
  if (isGenerator(value)) return 'a generator'
  return `an object (${value.constructor?.name ?? 'without a class'})`
}

function hintOf(value: unknown): string {
  if (value instanceof Promise)
    return 'a promise ends by the wall clock, which a model does not read; wait for an event instead'
  if (typeof value === 'function') return 'call it: `yield acquire(desk)`, not `yield acquire`'
  if (typeof value === 'object' && value !== null && isGenerator(value)) {
    return '`yield*` runs it as part of this process; `yield join(processes.start(...))` starts it and waits for its end'
  }
  return 'yield a delay, `hold(5)`, or something to wait for, `acquire(desk)`; to end the process, `return`'
}

export function isGenerator(value: object): boolean {
  return (value as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag] === 'Generator'
}
