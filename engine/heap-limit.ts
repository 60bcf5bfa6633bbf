import type { ResourceLimits } from 'node:worker_threads'

/** Young garbage at most, MB: Node lets a worker exceed its limit by a few MB until it has ended it. */
const MOST_YOUNG_MB = 4

/**
 * Limits of a worker that may fill `heapMb` MB (none where undefined). A worker that exceeds them ends with
 * ERR_WORKER_OUT_OF_MEMORY. Where its young generation were larger than the reserve that Node grants for that, a single
 * collection could exceed the reserve as well, and V8 would abort the whole process.
 */
export const heapLimit = (heapMb: number | undefined): { resourceLimits?: ResourceLimits } =>
  heapMb === undefined
    ? {}
    : { resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: MOST_YOUNG_MB } }
