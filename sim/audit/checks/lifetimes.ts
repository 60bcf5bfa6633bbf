/** E-01: a pay-per-use server that was bought for some time is deleted when it has passed, and not before. */
import type { AuditContext, Check } from '../check.ts'
import type { Step } from '../facts.ts'
import { kinds } from '../kinds.ts'

export function lifetimes({ findings, premises, words }: AuditContext): Check {
  /** E-10: what is down does not run; one that is placed again begins its lifetime again. */
  const plannedEnd = (steps: readonly Step[], launched: number, lifetime: number): number => {
    let end = launched + lifetime
    for (let index = 0; index < steps.length; index++) {
      const { at, to } = steps[index]
      if (to !== words.down && to !== words.interrupted) continue
      const back = steps[index + 1]
      // E-11: an interrupted server begins its lifetime again where its owner starts it.
      if (to === words.interrupted) {
        if (back?.to !== words.running) return Number.POSITIVE_INFINITY
        end = back.event === words.recover ? end + back.at - at : back.at + lifetime
        continue
      }
      if (back === undefined || back.event !== words.recover) return Number.POSITIVE_INFINITY
      end = premises.policyAt('outage.servers', at) === 'restart' ? back.at + lifetime : end + back.at - at
    }
    return end
  }
  return {
    account({ instances }) {
      for (const { id, lifetime, billing, steps } of instances) {
        const launched = steps.find(({ from, to }) => from === words.creating && to === words.running)
        const ended = steps.find(({ to }) => to === words.deleted || to === words.failed)
        const deleted = ended?.event === words.delete ? ended.at : undefined
        if (launched === undefined || billing !== words.payPerUse || ended?.from === words.interrupted) continue
        const planned = lifetime < 0 ? Number.POSITIVE_INFINITY : plannedEnd(steps, launched.at, lifetime)
        // Debts and outages may end it before.
        if (deleted === undefined && (ended?.at ?? premises.end) <= planned) continue
        const described = () => ({ subject: `instance ${id}`, at: launched.at, text: kinds.lifetime.text })
        findings.compare(kinds.lifetime, deleted ?? 0, planned === Number.POSITIVE_INFINITY ? 0 : planned, described)
      }
    },
  }
}
