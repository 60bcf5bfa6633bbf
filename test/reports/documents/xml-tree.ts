/** XML as a tree, for documents without comments, processing instructions and mixed content. */
export interface XmlNode {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: XmlNode[]
  text: string
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const plain = (text: string): string => text.replace(/&(\w+);/g, (_, name: string) => entities[name])

/** The root element. @throws Error where a tag is not closed */
export function xmlTree(xml: string): XmlNode {
  const top: XmlNode = { name: '', attributes: {}, children: [], text: '' }
  const open = [top]
  for (const [, close, name, attributes, text] of xml
    .replace(/^<\?xml[^>]*\?>/, '')
    .matchAll(/<(\/?)([\w:.-]+)([^>]*)>([^<]*)/g)) {
    if (close === '/') {
      if (open.pop()?.name !== name) throw new Error(`</${name}> closes another element`)
      continue
    }
    const pairs = [...attributes.matchAll(/([\w:.-]+)="([^"]*)"/g)].map(([, key, value]) => [key, plain(value)])
    const node: XmlNode = { name, attributes: Object.fromEntries(pairs), children: [], text: plain(text) }
    open.at(-1)?.children.push(node)
    open.push(node)
  }
  if (open.length !== 1 || top.children.length !== 1) throw new Error('an element is not closed')
  return top.children[0]
}

/** All nodes at a path of local names, such as `TaxTotal/TaxSubtotal/TaxAmount`. */
export function at(node: XmlNode, path: string): XmlNode[] {
  return path
    .split('/')
    .reduce<XmlNode[]>(
      (nodes, step) =>
        nodes.flatMap(({ children }) => children.filter(({ name }) => name.replace(/^\w+:/, '') === step)),
      [node],
    )
}

/** The text of the only node at a path; undefined where there is none. */
export const textAt = (node: XmlNode, path: string): string | undefined => at(node, path)[0]?.text
