import type { Words } from './words.ts'

/** The most float64 words a message may carry. */
export const MAX_PAYLOAD = 12

/** A message on its way, as words: receiver, sender, kind, time of arrival, payload length, payload. */
export const HEADER = 5

/** Appends one message to `words`. Everything has been checked by the sender's context. */
export function writeMessage(
  words: Words,
  to: number,
  from: number,
  kind: number,
  time: number,
  payload: readonly number[],
): void {
  const size = payload.length
  words.reserve(HEADER + size)
  const { data } = words
  let at = words.length
  data[at++] = to
  data[at++] = from
  data[at++] = kind
  data[at++] = time
  data[at++] = size
  for (let i = 0; i < size; i++) data[at++] = payload[i]
  words.length = at
}
