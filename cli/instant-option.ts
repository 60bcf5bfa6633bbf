/** Options that name an instant within a run. */
import { formatInstant } from '#base/civil-time.ts'
import { InputError } from '#base/input-error.ts'
import type { Scenario } from '#scenarios/schema.ts'
import { parseDuration, parseInstant } from '#scenarios/time-text.ts'

/** The instant of `--NAME TEXT`, ms: as written, or a duration after the start. It is within the run. @throws InputError */
export function instantWithin(scenario: Scenario, name: string, text: string): number {
  const { start, end, policies } = scenario
  const after = parseDuration(text)
  const at = parseInstant(text) ?? (after === null ? null : start + after)
  const shown = (instant: number) => formatInstant(instant, policies['time.utcOffset'])
  if (at === null)
    throw new InputError(
      `--${name} ${text} is neither an instant nor a duration`,
      `write --${name} ${shown(start + Math.floor((end - start) / 2))}, or a duration after the start such as 30d`,
    )
  if (at > start && at < end) return at
  throw new InputError(
    `--${name} ${text} is not within the run, which goes from ${shown(start)} to ${shown(end)}`,
    `write an instant between the two`,
  )
}
