/**
 * E-05, E-10: servers of a term that its buyer does not have, from the steps of the servers alone: those that could not be
 * created, and those that an outage took while others of the order were left.
 */
import type { AccountFacts, Instance, Order } from './facts.ts'
import type { Vocabulary } from './vocabulary.ts'

export interface ServerLoss {
  readonly at: number
  readonly rule: 'E-05' | 'E-10'
  readonly servers: number
}

type Words = Pick<Vocabulary, 'failed' | 'deleted' | 'creating'>

/** When a server was gone, and how. */
const endOf = ({ steps }: Instance, words: Words) => steps.find(({ to }) => to === words.failed || to === words.deleted)

/** Each loss that left a server, in the order of time. */
export function serverLosses({ instances }: Pick<AccountFacts, 'instances'>, order: Order, words: Words): ServerLoss[] {
  const own = instances.filter((instance) => instance.order === order.id)
  const ends = own.flatMap((instance) => endOf(instance, words) ?? [])
  const losses: ServerLoss[] = []
  for (const { at, from, to } of ends) {
    if (to !== words.failed) continue
    const rule = from === words.creating ? 'E-05' : 'E-10'
    const known = losses.findIndex((loss) => loss.at === at && loss.rule === rule)
    if (known < 0) losses.push({ at, rule, servers: 1 })
    else losses[known] = { at, rule, servers: losses[known].servers + 1 }
  }
  const left = (at: number): number => own.length - ends.filter((end) => end.at <= at).length
  return losses.filter(({ at }) => left(at) > 0).sort((a, b) => a.at - b.at)
}
