import { html, type Markup } from '../markup.ts'
import { isSome, type PageData, shown, shownMinutes } from '../section.ts'

const card = (name: string, value: string, note = ''): Markup =>
  html`<div><dt>${name}</dt><dd>${value}${note === '' ? '' : html` <small>${note}</small>`}</dd></div>
`

/** The head of the page: what was asked, what was simulated, whether it adds up, and the key figures. */
export function overview(data: PageData): Markup {
  const { run } = data.summary
  const at = (name: string) => shown(data, name)
  const right = !isSome(data, 'reconciliation.differences')
  const hasMoney = run.money !== 'ignore'
  const period = `${run.start.slice(0, 16).replace('T', ' ')} to ${run.end.slice(0, 16).replace('T', ' ')} (UTC${run.utcOffset})`
  return html`<header>
<h1>${run.name}</h1>
${run.question === '' ? '' : html`<p class="question">${run.question}</p>`}
${run.answer === undefined ? '' : html`<p class="answer">${run.answer}</p>`}
<p class="run">${period} · seed ${run.seed} · ${hasMoney ? `amounts in ${run.currency}` : 'money is ignored'}</p>
<p class="verdict ${right ? 'good' : 'bad'}">${right ? '✓' : '✗'} reconciliation: ${at('reconciliation.amounts')} amounts, ${at('reconciliation.differences')} differences</p>
</header>
<section aria-label="Key figures"><dl class="cards">
${card('Orders placed', at('orders.placed'), `${at('orders.completed')} completed, ${at('orders.open')} open`)}
${card('Requests refused', at('orders.refused'), `of servers ${at('ecs.refusalRate')}`)}
${hasMoney ? card(`Revenue, ${run.currency}`, at('revenue.gross'), `net ${at('revenue.net')}`) : ''}
${card('Server hours metered', at('ecs.meteredHours'), `${at('ecs.created')} servers`)}
${card('Utilisation of pools', at('pool.use'), `95th percentile ${at('pool.useP95')}`)}
${card('Pools sold out for', shownMinutes(data, 'pool.soldOutMinutes'), 'summed over pools')}
${card('Server ready in', at('ecs.creationP50'), `95th percentile ${at('ecs.creationP95')}`)}
${hasMoney ? card('Fell into arrears', at('arrears.entered'), `${at('arrears.settled')} settled, ${at('arrears.due')} due at the end`) : ''}
</dl></section>`
}
