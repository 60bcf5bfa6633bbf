/** C-06: the categories that buyers filter by or look for in vain, each once, in the order of the file. */
import type { Scenario } from '#scenarios/schema.ts'

export const categoriesOf = ({ catalog, buyers }: Scenario): readonly string[] => [
  ...new Set([
    ...catalog.map(({ category }) => category),
    ...buyers.flatMap(({ unmet }) => (unmet === null ? [] : Object.keys(unmet.categories))),
  ]),
]
