import { chosenOf } from '../options.ts'
import { arrears } from './arrears.ts'
import { dedup } from './dedup.ts'
import { hourBill, hourSweep, wasmBill, wasmSweep } from './hour.ts'
import { pipelineWorks, wasmPipeline } from './pipeline.ts'
import { posting } from './posting.ts'
import { priceWorks } from './price.ts'
import { proration } from './proration.ts'
import { quote } from './quote.ts'
import { ratingWorks } from './rating.ts'
import { record } from './record.ts'
import type { BillingWork } from './work.ts'

/** Everything the billing core does often, each next to its peer where it has one. */
export const works: readonly BillingWork[] = [
  ...priceWorks,
  proration,
  quote,
  hourSweep,
  hourBill,
  ...ratingWorks,
  dedup,
  arrears,
  posting,
  record,
  ...pipelineWorks,
  wasmSweep,
  wasmBill,
  wasmPipeline,
]

/** The works that a list of names, or of the beginnings of names, asks for; all without one. @throws UsageError */
export const chosen = (only: string | undefined): readonly BillingWork[] => chosenOf(works, ({ work }) => work, only)
