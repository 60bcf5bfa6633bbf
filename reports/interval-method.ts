/** How the interval of a single run was made, or why there is none, in words. */
import type { SingleRunShare } from '#engine/statistics/clustered-share.ts'
import type { SingleRunMean } from '#engine/statistics/overlapping-batches.ts'

const texts: Readonly<Record<(SingleRunShare | SingleRunMean)['method'], string>> = {
  batches: 'batches',
  exact: 'exact',
  'too-short': 'none: too short',
  'too-rare': 'none: too rare',
  uneven: 'none: too short for its cycle',
  'halves-differ': 'none: first and second half differ',
}

export const methodText = ({ method }: SingleRunShare | SingleRunMean): string => texts[method]
