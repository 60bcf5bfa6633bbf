/** A page of Markdown as HTML: headings with anchors, links within the site, and its text by section for the search. */
import { Marked, type Tokens } from 'marked'
import { linkOn } from './pages.ts'

export interface Section {
  readonly title: string
  readonly anchor: string
  readonly text: string
}

export interface Rendered {
  readonly title: string
  readonly html: string
  readonly sections: readonly Section[]
}

export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/** The anchor of a heading, as GitHub makes it. */
export const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-')

/** The text of a heading. */
const titleOf = (markdown: string): string => markdown.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll('`', '')

/** Text without markup. */
const plain = (markdown: string): string =>
  markdown
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[`*|#>]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()

export function render(page: string, markdown: string): Rendered {
  const anchors = new Map<string, number>()
  const sections: { title: string; anchor: string; parts: string[] }[] = []
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth, text }: Tokens.Heading): string {
        const base = anchorOf(titleOf(text))
        const again = anchors.get(base) ?? 0
        anchors.set(base, again + 1)
        const anchor = again === 0 ? base : `${base}-${again}`
        sections.push({ title: titleOf(text), anchor, parts: [] })
        return `<h${depth} id="${anchor}">${this.parser.parseInline(tokens)}</h${depth}>\n`
      },
      link({ href, tokens }: Tokens.Link): string {
        const text = this.parser.parseInline(tokens)
        const target = linkOn(page, href)
        return target === undefined ? text : `<a href="${escaped(target)}">${text}</a>`
      },
      code({ text, lang }: Tokens.Code): string {
        const [, file] = (lang ?? '').split(' ')
        const name = file === undefined ? '' : `<figcaption>${escaped(file)}</figcaption>`
        return `<figure>${name}<pre tabindex="0"><code>${escaped(text)}</code></pre></figure>\n`
      },
      table({ header, rows }: Tokens.Table): string {
        const cells = (row: Tokens.TableCell[], tag: string): string =>
          `<tr>${row.map(({ tokens }) => `<${tag}>${this.parser.parseInline(tokens)}</${tag}>`).join('')}</tr>`
        // An empty heading would be one that says nothing to a screen reader.
        const head = header.some(({ text }) => text !== '')
          ? `<thead>${cells(header, 'th').replaceAll('<th></th>', '<td></td>')}</thead>`
          : ''
        return `<div class="wide" tabindex="0" role="group" aria-label="Table"><table>${head}<tbody>${rows.map((row) => cells(row, 'td')).join('')}</tbody></table></div>\n`
      },
    },
    walkTokens(token) {
      if (token.type === 'html') throw new Error(`${page}: HTML in a page: ${token.raw.slice(0, 60)}`)
    },
  })
  // Comments mark what scripts write; a reader sees nothing of them.
  const text = markdown.replace(/^<!--[\s\S]*?-->\n/gm, '')
  const html = marked.parse(text, { async: false })
  let at = -1
  let isCode = false
  for (const line of text.split('\n')) {
    if (line.startsWith('```')) isCode = !isCode
    else if (!isCode && /^#{1,6} /.test(line)) at++
    else if (at >= 0) sections[at]?.parts.push(line)
  }
  return {
    title: sections[0]?.title ?? page,
    html,
    sections: sections.map(({ title, anchor, parts }) => ({ title, anchor, text: plain(parts.join(' ')) })),
  }
}
