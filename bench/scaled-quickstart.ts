/** Quickstart's marketplace with any number of buyers: its segments and pools grow alike. */
import { fileURLToPath } from 'node:url'
import { readScenario } from '#scenarios/reader.ts'
import type { Scenario } from '#scenarios/schema.ts'

export const quickstart = fileURLToPath(new URL('../scenarios/quickstart.yaml', import.meta.url))

/** What `--set` says of quickstart for so many buyers. */
export async function scaledSets(buyers: number): Promise<string[]> {
  const { scenario } = await readScenario(quickstart)
  const standard = scenario.buyers.reduce((sum, { count }) => sum + (count ?? 0), 0)
  const scale = (count: number) => Math.max(1, Math.round((count * buyers) / standard))
  return [
    ...scenario.buyers.map(({ count }, segment) => `buyers.${segment}.count=${scale(count ?? 0)}`),
    ...scenario.regions.flatMap(({ zones }, region) =>
      zones.flatMap(({ pools }, zone) =>
        pools.map(
          ({ capacity }, pool) =>
            `regions.${region}.zones.${zone}.pools.${pool}.capacity=${scale(capacity[0].capacity)}`,
        ),
      ),
    ),
  ]
}

/** Quickstart with so many buyers. */
export const scaledQuickstart = async (buyers: number): Promise<Scenario> =>
  (await readScenario(quickstart, { sets: await scaledSets(buyers) })).scenario
