/** The figures of `summary.json`: `docs/reference/figures.md`. */
import { labelTexts, unitTexts } from '#reports/figures/figure.ts'
import { figuresMarkdown } from '../../commands/figures.ts'
import { code, generatedFrom, table } from './markdown.ts'

const pairs = (texts: Readonly<Record<string, string>>): string[][] =>
  Object.entries(texts).map(([name, text]) => [code(name), text])

/** The whole page. */
export const figuresText = (): string => `# Figures

Every figure of \`summary.json\`. Use them in [thresholds and answers](../cli.md#thresholds-and-figures) of a scenario,
and as \`--figure\` of \`sweep\` and \`--keep\` of \`size\`. A filter takes one value of a label:
\`ecs.refusalRate{region=ap-1}\`. \`marketsim figures ecs\` prints a group of them. ${generatedFrom('`reports/figures/`')}

${figuresMarkdown()}

## Units

${table(['unit', 'meaning'], pairs(unitTexts))}

## Labels

${table(['label', 'meaning'], pairs(labelTexts))}
`
