/** Resamples of a trace are no independent runs: their mean is not what more of them would tell. */
import { InputError } from '#base/input-error.ts'
import { isResampled } from '#reports/sweep/bootstrap.ts'
import type { ReadScenario } from '#scenarios/reader.ts'

/** Throws InputError where a scenario replays a trace in blocks that the seed draws. */
export function checkNoResampling(command: string, { scenario }: Pick<ReadScenario, 'scenario'>): void {
  if (!isResampled(scenario)) return
  throw new InputError(
    `${command} needs runs that say more the more there are, and this scenario resamples one trace`,
    'write `npm start -- sweep` with --vary: it shows what 95 % of the resamples are within; or leave out resample',
  )
}
