/** On which bills something of a log is known: not before it was received, and not after it was replaced (I-02, I-04). */
export interface KnownSpan {
  /** The civil month that it is of. */
  readonly month: number
  /** The month of the first bill that knows it. */
  readonly from: number
  /** The month of the first bill that knows it no more; undefined: none. */
  readonly until: number | undefined
}

/**
 * Adds the bills from which on something else is known of earlier months. What is received in time changes no month before
 * its own, so it makes none.
 */
export function addBreaks(breaks: Set<number>, { month, from, until }: KnownSpan): void {
  if (from > month) breaks.add(from)
  if (until !== undefined) breaks.add(until)
}

export const ascending = (bills: Iterable<number>): number[] => [...bills].sort((a, b) => a - b)

export function breaksOf(spans: readonly KnownSpan[]): number[] {
  const breaks = new Set<number>()
  for (const span of spans) addBreaks(breaks, span)
  return ascending(breaks)
}

/** `bill`: the first bill of those that know the same. What is received in time is known on its own month's bill. */
export const isKnownOn = ({ month, from, until }: KnownSpan, bill: number): boolean =>
  (from <= bill || from <= month) && (until === undefined || until > bill)
