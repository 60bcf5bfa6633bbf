/** The only door through which text becomes HTML: whatever is not markup of ours is escaped. */

/** Text that is markup already. Made only by `html` and `trusted`. */
export class Markup {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

type Part = Markup | string | number | null | undefined | false | readonly Part[]

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Characters that HTML cannot hold. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unprintable = /[\u0000-\u0008\u000B\u000C\u000E-\u001F]/g

/** Text as HTML shows it, safe within elements and quoted attributes. */
export const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => entities[character]).replace(unprintable, '\uFFFD')

function render(part: Part): string {
  if (part instanceof Markup) return part.text
  if (part === null || part === undefined || part === false) return ''
  return Array.isArray(part) ? part.map(render).join('') : escaped(String(part))
}

/** Markup from a template: what is put in is escaped unless it is markup itself; lists are joined. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(strings.map((text, index) => text + (index < parts.length ? render(parts[index]) : '')).join(''))
}

/** Vouches for text that is markup: an SVG drawn here, a style sheet of ours. Never for text from a scenario. */
export const trusted = (text: string): Markup => new Markup(text)
