/** Every lifecycle as a Mermaid diagram: `docs/reference/lifecycles.md`. */
import { type DrawnLifecycle, lifecycles } from '#sim/market/lifecycles.ts'

const head = `# Lifecycles

Drawn from the tables in \`sim/market/\` by \`npm run references\`; a test holds this page and the tables equal. An
arrow is an event that the table allows. Any other step is refused, and a run that takes one fails (Q-06).
`

/** Mermaid takes no dash in the name of a state. */
const nodeOf = (state: string): string => state.replaceAll('-', '_')

/** States that can be reached, in the order of the table. */
function reachable({ lifecycle, begins }: DrawnLifecycle): string[] {
  const found = new Set<string>(begins)
  for (const state of found)
    for (const event of lifecycle.events) {
      const next = lifecycle.table[state][event]
      if (next !== null) found.add(next)
    }
  return lifecycle.states.filter((state) => found.has(state))
}

/** Arrows from one state, those to the same state drawn as one. */
function arrowsFrom({ lifecycle }: DrawnLifecycle, state: string): string[] {
  const events = new Map<string, string[]>()
  for (const event of lifecycle.events) {
    const next = lifecycle.table[state][event]
    if (next === null) continue
    const known = events.get(next)
    if (known) known.push(event)
    else events.set(next, [event])
  }
  if (events.size === 0) return [`${nodeOf(state)} --> [*]`]
  return [...events].map(([next, names]) => `${nodeOf(state)} --> ${nodeOf(next)}: ${names.join(', ')}`)
}

function drawing(drawn: DrawnLifecycle): string {
  const states = reachable(drawn)
  const lines = [
    ...states.filter((state) => nodeOf(state) !== state).map((state) => `state "${state}" as ${nodeOf(state)}`),
    ...drawn.begins.map((state) => `[*] --> ${nodeOf(state)}`),
    ...states.flatMap((state) => arrowsFrom(drawn, state)),
  ]
  const name = drawn.lifecycle.name
  return `## ${name[0].toUpperCase()}${name.slice(1)}

${drawn.text}

\`\`\`mermaid
stateDiagram-v2
${lines.map((line) => `  ${line}`).join('\n')}
\`\`\`
`
}

/** The whole page. */
export const lifecyclesText = (): string => [head, ...lifecycles.map(drawing)].join('\n')
