import type { Stream } from '#engine/random/streams.ts'

/** The stream of an account (row) for one purpose, named by the buyer so that no other buyer moves it. */
export type StreamOf = (account: number, purpose: string) => Stream
