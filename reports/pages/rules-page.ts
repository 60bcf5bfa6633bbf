/** Every rule with what it says: where the links of rules lead to. */
import { rules, ruleText } from '#scenarios/rules.ts'
import { html } from '../html/markup.ts'
import { RULES } from './addresses.ts'
import type { Page } from './page.ts'

export const rulesPage = (): Page => ({
  status: 200,
  title: 'Rules',
  place: 'Rules',
  trail: [
    ['All runs', '/'],
    ['Rules', RULES],
  ],
  body: html`<h1>Rules</h1>
<dl class="rules">${rules.map((rule) => html`<div id="${rule}"><dt>${rule}</dt><dd>${ruleText(rule)}</dd></div>`)}</dl>`,
})
