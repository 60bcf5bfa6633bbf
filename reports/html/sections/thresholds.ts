import { html } from '../markup.ts'
import type { PageData, Section } from '../section.ts'

const ticks = {
  passed: ['good', '✓', 'kept'],
  fail: ['bad', '✗', 'missed'],
  warn: ['warn', '!', 'missed (warning)'],
} as const

/** How the scenario's thresholds fared; no section without any. */
export function thresholds({ summary }: PageData): Section | undefined {
  if (summary.thresholds.length === 0) return undefined
  const items = summary.thresholds.map(({ text, passed, severity, shown }) => {
    const [style, tick, word] = ticks[passed ? 'passed' : severity]
    return html`<li><span class="${style}"><span aria-hidden="true">${tick}</span> ${word}</span>: <code>${text}</code>, actual: ${shown}</li>
`
  })
  return { id: 'thresholds', title: 'Thresholds', charts: [], body: html`<ul class="thresholds">${items}</ul>` }
}
