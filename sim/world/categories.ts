/** C-02, C-06: the categories that buyers filter by or look for in vain, each once, in the order of the file. */
import { categoryName } from '#scenarios/category-tree.ts'
import type { Scenario } from '#scenarios/schema.ts'

export const categoriesOf = ({ catalog, buyers }: Scenario): readonly string[] => [
  ...new Set([
    ...catalog.map(categoryName),
    ...buyers.flatMap(({ unmet }) => (unmet === null ? [] : Object.keys(unmet.categories))),
  ]),
]
