/** Lists page by page: which rows are asked for, and the links to the others. */
import { grouped } from '#base/decimal-text.ts'
import { html, type Markup } from '../html/markup.ts'

export const PAGE_ROWS = 50

export interface Extent {
  /** From 1. */
  readonly page: number
  readonly pages: number
  readonly offset: number
  readonly total: number
  readonly rows: number
}

/** The rows of a page: the nearest one that there is, whatever was asked for. */
export function extentOf(asked: string | undefined, total: number, rows = PAGE_ROWS): Extent {
  const pages = Math.max(1, Math.ceil(total / rows))
  const wanted = /^\d{1,9}$/.test(asked ?? '') ? Number(asked) : 1
  const page = Math.min(pages, Math.max(1, wanted))
  return { page, pages, offset: (page - 1) * rows, total, rows }
}

/** `51 to 100 of 5,955 orders`, and links to the first, previous, next and last page. */
export function pager(extent: Extent, what: string, address: (page: number) => string): Markup {
  const { page, pages, offset, total, rows } = extent
  const count =
    total === 0
      ? html`No ${what}.`
      : html`${grouped(String(offset + 1))} to ${grouped(String(Math.min(total, offset + rows)))} of ${grouped(String(total))} ${what}`
  if (pages === 1) return html`<p class="count">${count}</p>`
  const link = (to: number, name: string, rel = ''): Markup =>
    to === page || to < 1 || to > pages
      ? html`<span class="soft">${name}</span> `
      : html`<a href="${address(to)}"${rel === '' ? '' : html` rel="${rel}"`}>${name}</a> `
  return html`<nav class="pager" aria-label="Pages of ${what}"><span class="count">${count}</span>
${link(1, 'First')}${link(page - 1, 'Previous', 'prev')}<span>page ${grouped(String(page))} of ${grouped(String(pages))}</span> ${link(page + 1, 'Next', 'next')}${link(pages, 'Last')}</nav>`
}
