/** The operations of `quote`, each with an example: `docs/reference/quote.md`. */
import { answer } from '#sim/quote/answer.ts'
import { type OperationText, operationTexts } from '#sim/quote/operation-texts.ts'
import { code, generatedFrom, table } from './markdown.ts'

function operation([name, { text, keys, answer: answered, example }]: readonly [string, OperationText]): string {
  const rows = Object.entries(keys).map(([key, meaning]) => [
    code(key.replace('?', '')),
    key.endsWith('?') ? '' : 'required',
    meaning,
  ])
  const request = JSON.stringify(example)
  return `## \`${name}\`

${text}

${table(['key', '', 'meaning'], rows)}

Answer: ${answered}.

\`\`\`json
${request}
${answer(request)}
\`\`\`
`
}

/** The whole page. */
export const quoteText = (): string => `# Operations of quote

\`marketsim quote\` reads one JSON request per line and writes one answer per line ([finance.md](../finance.md#quote-one-amount-at-a-time)).
\`op\` names the operation. Every request may also have \`id\`, which is repeated in the answer, \`policies\`, the
[switches](rules.md) that differ from their defaults, and \`expect\`, which changes nothing. Below, each request is
followed by its answer. ${generatedFrom('`sim/quote/`')}

${Object.entries(operationTexts).map(operation).join('\n')}`
