// islands.ts
import { runCells } from '#engine/index.ts'

const DAY = 86_400_000
const blobs: Uint8Array[] = []
const run = {
  module: new URL('./ring.ts', import.meta.url),
  spec: { day: DAY },
  cells: 4,
  lookahead: DAY,
  start: 0,
  end: 360 * DAY,
  seed: 'islands',
}
const alone = await runCells({
  ...run,
  threads: 1,
  checkpointEvery: 100 * DAY,
  onCheckpoint: (blob) => void blobs.push(blob),
})
const together = await runCells({ ...run, threads: 2 })
const resumed = await runCells({ ...run, threads: 2, resumeFrom: blobs[1] })
console.log(`ships ${alone.results.join(' ')}, ${alone.executed} events in ${alone.windows} windows`)
console.log(`history ${alone.digest}`)
console.log(
  [together, resumed].every(({ digest }) => digest === alone.digest) ? 'the same three times' : 'not the same',
)
