import type { Stream } from '#engine/random/streams.ts'
import type { Row } from '../cell/table.ts'

/** The stream of an account (row) for one purpose, named by the buyer so that no other buyer moves it. */
export type StreamOf = (account: Row<'accounts'>, purpose: string) => Stream
