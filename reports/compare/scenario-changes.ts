/** What two scenarios say differently, place by place. */
export interface Change {
  readonly path: string
  readonly a: string
  readonly b: string
}

const text = (value: unknown): string => (value === undefined ? '' : JSON.stringify(value))

/** How a list names its items: by the key that tells them apart, else by position. */
function entriesOf(value: object): [string, unknown][] {
  if (!Array.isArray(value)) return Object.entries(value)
  return value.map((item, index) => {
    const names = typeof item === 'object' && item !== null ? (item as Record<string, unknown>) : {}
    return [String(names.id ?? names.segment ?? names.flavour ?? index), item]
  })
}

const isTree = (value: unknown): value is object => typeof value === 'object' && value !== null

/** Every leaf that differs, in the order in which the first scenario has them, then what only the second has. */
export function scenarioChanges(a: unknown, b: unknown, path = ''): Change[] {
  if (!isTree(a) || !isTree(b)) return text(a) === text(b) ? [] : [{ path, a: text(a), b: text(b) }]
  const [left, right] = [new Map(entriesOf(a)), new Map(entriesOf(b))]
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((key) =>
    scenarioChanges(left.get(key), right.get(key), path === '' ? key : `${path}.${key}`),
  )
}
