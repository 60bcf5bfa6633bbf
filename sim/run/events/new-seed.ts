/** Another future: random draws come from another seed from now on. What was drawn before, such as a pending arrival, stays. */
import type { EventOf, EventScope } from './event-scope.ts'

/** Arrivals that several cells follow together: each has drawn as far ahead as it needed, so they keep their draws. */
const isShared = (path: string): boolean => /^segment\/[^/]+\/[^/]+$/.test(path)

export function newSeed({ streams }: EventScope, event: EventOf<'newSeed'>): void {
  streams.reseed(event.seed, isShared)
}
