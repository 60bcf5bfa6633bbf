/** Codes of refusals, errors and warnings, and exit codes: `docs/reference/codes.md`. */
import { errorTexts } from '#scenarios/errors.ts'
import { warningTexts } from '#scenarios/warnings.ts'
import { refusalTexts } from '#sim/cell/refusal-texts.ts'
import { exitCodes } from '../../exit-codes.ts'
import { code, generatedFrom, table } from './markdown.ts'

const pairs = (texts: Readonly<Record<string, string>>): string[][] =>
  Object.entries(texts).map(([name, text]) => [code(name), text])

/** The whole page. */
export const codesText = (): string => `# Codes

Codes that scripts can rely on. \`marketsim docs CODE\` prints one of them. ${generatedFrom('the code')}

## Exit codes

${table(
  ['code', 'meaning'],
  Object.values(exitCodes).map(({ code: number, text }) => [String(number), text]),
)}

A difference takes precedence over a missed threshold.

## Refusals

A refusal is an answer of the marketplace, not an error. The table \`refusals\` of the [record](record.md) has each with
its instant, its buyer and the rule that refused. \`explain RUN refusal ID\` says what was asked for. \`quote\` answers
with some of these codes too.

${table(
  ['code', 'rule', 'meaning'],
  Object.entries(refusalTexts).map(([name, { text, rules }]) => [
    code(name),
    rules.map((rule) => `[${rule}](rules.md)`).join(', '),
    text,
  ]),
)}

## Errors of a scenario

\`check --format json\` prints the code of each error.

${table(['code', 'meaning'], pairs(errorTexts))}

## Warnings of a scenario

A warning marks what is allowed but probably not intended. \`check --strict\` ends with exit code 2 on warnings as well.

${table(['code', 'meaning'], pairs(warningTexts))}
`
