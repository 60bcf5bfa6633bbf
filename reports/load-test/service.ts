/** What a load test of a metering service says of it. */
import type { LoadOutcome } from '#sim/load-test/load-test.ts'

/** How many of its bills agree with ours, and what is wrong with the others. */
export interface ServiceBills {
  readonly agree: number
  readonly differ: number
  readonly missing: number
  readonly unknown: number
  /** Accounts that were not compared, because an event of theirs may have been taken or not. */
  readonly accountsLeftOut: number
}

/** What a test says of its service, for the summary. */
export interface ServiceFigures {
  readonly url: string
  /** The CloudEvents source of this test, which its events have in common. */
  readonly source: string
  readonly requests: number
  readonly retries: number
  readonly connections: number
  /** Requests by status, or by error of the network. */
  readonly answers: Readonly<Record<string, number>>
  readonly events: { readonly accepted: number; readonly refused: number; readonly unknown: number }
  /** Null where they were not read. */
  readonly bills: ServiceBills | null
  /** Why they could not be read after the load. */
  readonly billsError: string | null
  /** What the service said to the first request that it refused: its status and the begin of its answer. */
  readonly firstRefusal: string | null
}

/** A load of the billing core, or of a service. */
export type AnyOutcome = LoadOutcome & { readonly service?: ServiceFigures }
