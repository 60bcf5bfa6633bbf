/** E-01: a pay-per-use server that was bought for some time is deleted when it has passed, and not before. */
import type { Bench, Check } from '../check.ts'
import { kinds } from '../kinds.ts'

export function lifetimes({ findings, premises, words }: Bench): Check {
  return {
    account({ instances }) {
      for (const { id, lifetime, billing, steps } of instances) {
        const launched = steps.find(({ from, to }) => from === words.creating && to === words.running)
        const ended = steps.find(({ to }) => to === words.deleted || to === words.failed)
        const deleted = ended?.event === words.delete ? ended.at : undefined
        if (launched === undefined || billing !== words.payPerUse) continue
        const planned = lifetime < 0 ? Number.POSITIVE_INFINITY : launched.at + lifetime
        // Debts and outages may end it before.
        if (deleted === undefined && (ended?.at ?? premises.end) <= planned) continue
        const told = () => ({ subject: `instance ${id}`, at: launched.at, text: kinds.lifetime.text })
        findings.compare(kinds.lifetime, deleted ?? 0, planned === Number.POSITIVE_INFINITY ? 0 : planned, told)
      }
    },
  }
}
