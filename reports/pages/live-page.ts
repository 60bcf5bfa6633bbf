/** Work that is under way: a bar and the words of its progress each, kept up to date by server-sent events. */

import { html, type Markup } from '../html/markup.ts'
import { LIVE } from './addresses.ts'
import type { LiveNote } from './live-notes.ts'
import type { Page } from './page.ts'

export const LIVE_EVENTS = '/live/events'

const item = ({ target, words, fraction }: LiveNote): Markup =>
  html`<li><h2>${target}</h2>${fraction === null ? '' : html`<progress max="1" value="${fraction}" aria-label="Progress of ${target}"></progress>`}<p>${words.join(' · ')}</p></li>`

export const livePage = (notes: readonly LiveNote[]): Page => ({
  status: 200,
  title: 'Under way',
  place: 'Under way',
  trail: [
    ['All runs', '/'],
    ['Under way', LIVE],
  ],
  body: html`<h1>Under way</h1>
<p class="soft" id="live-count" role="status">${notes.length === 0 ? 'Nothing is under way in this folder.' : `${notes.length} under way`}</p>
<ul id="live" data-events="${LIVE_EVENTS}">${notes.map(item)}</ul>
<p class="soft">Runs, sweeps, searches of <code>size</code> and load tests note how far they are. A result is among <a href="/">all runs</a> when it is complete.</p>`,
})
