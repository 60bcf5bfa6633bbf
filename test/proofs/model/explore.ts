/** Every state of the model, breadth first, and every one of its transitions through the real modules. */
import { type Action, act, actionsOf, begin, keyOf, type State, view } from './model.ts'
import { broken } from './promises.ts'
import { RealMarket } from './real-market.ts'
import type { Rules } from './rules.ts'

interface Node {
  readonly state: State
  readonly from: Node | null
  readonly by: Action | null
  /** States that were first reached from here. */
  readonly children: Node[]
}

export interface Explored {
  readonly states: number
  readonly transitions: number
  /** Of the shortest way to the farthest state. */
  readonly depth: number
  /** The first promise that a state breaks, or the first step that the real modules take otherwise; null for none. */
  readonly wrong: string | null
}

const textOf = (action: Action): string => Object.values(action).join(' ')

/** How a state is reached, one action a line. */
function pathTo(node: Node): string[] {
  const path: string[] = []
  for (let at: Node | null = node; at?.by; at = at.from) path.unshift(textOf(at.by))
  return path
}

export function explore(rules: Rules): Explored {
  const root: Node = { state: begin(rules), from: null, by: null, children: [] }
  const nodes = new Map([[keyOf(root.state), root]])
  let transitions = 0
  let depth = 0
  let wrong: string | null = null
  for (let level = [root]; level.length > 0 && wrong === null; depth++) {
    const next: Node[] = []
    for (const node of level) {
      wrong ??= said(rules, node, broken(rules, node.state))
      for (const action of actionsOf(rules, node.state)) {
        transitions++
        const { state } = act(rules, node.state, action)
        const key = keyOf(state)
        if (nodes.has(key)) continue
        const child: Node = { state, from: node, by: action, children: [] }
        node.children.push(child)
        nodes.set(key, child)
        next.push(child)
      }
    }
    level = next
  }
  const real = new RealMarket(rules)
  const fresh = real.save()
  wrong ??= replay(rules, real, root) ?? wander(rules, real, fresh)
  return { states: nodes.size, transitions, depth, wrong }
}

const said = (rules: Rules, node: Node, what: string | null): string | null =>
  what === null ? null : [`${rules.name}: ${what}`, ...pathTo(node)].join('\n  ')

/** Replays every transition that leaves a state, each from the shortest way to it. */
function replay(rules: Rules, real: RealMarket, node: Node): string | null {
  const saved = real.save()
  const after = new Map(node.children.map((child) => [child.by as Action, child]))
  let children = 0
  for (const action of actionsOf(rules, node.state)) {
    real.restore(saved)
    const expected = act(rules, node.state, action)
    const wrong = differs(rules, real, action, expected)
    if (wrong !== null) return said(rules, node, `after ${textOf(action)} ${wrong}`)
    const child = [...after.values()].find(({ by }) => textOf(by as Action) === textOf(action))
    if (child === undefined) continue
    children++
    const deeper = replay(rules, real, child)
    if (deeper !== null) return deeper
  }
  return children === after.size ? null : `${rules.name}: a state was not replayed`
}

/** Histories at random, and how long they become at most. */
const WALKS = 150
const LONGEST = 60

/**
 * Ways that are not the shortest: what the real modules keep besides what the model knows of may differ where its states are the
 * same.
 */
function wander(rules: Rules, real: RealMarket, fresh: unknown): string | null {
  let drawn = 1
  const draw = (below: number) => {
    drawn = (Math.imul(drawn, 1_103_515_245) + 12_345) & 0x7fffffff
    return (drawn >>> 8) % below
  }
  for (let walk = 0; walk < WALKS; walk++) {
    real.restore(fresh)
    let at: Node = { state: begin(rules), from: null, by: null, children: [] }
    for (let steps = 0; steps < LONGEST; steps++) {
      const actions = actionsOf(rules, at.state)
      if (actions.length === 0) break
      const action = actions[draw(actions.length)]
      const expected = act(rules, at.state, action)
      const wrong = differs(rules, real, action, expected)
      if (wrong !== null) return said(rules, at, `after ${textOf(action)} ${wrong}`)
      at = { state: expected.state, from: at, by: action, children: [] }
    }
  }
  return null
}

/** What the real modules do otherwise; null where all is the same. */
function differs(rules: Rules, real: RealMarket, action: Action, expected: ReturnType<typeof act>): string | null {
  try {
    const answer = real.take(action)
    if (answer !== expected.said) return `the model says '${expected.said}', the market '${answer}'`
    const wanted = JSON.stringify(view(rules, expected.state))
    const found = JSON.stringify(real.view())
    return wanted === found ? null : `the model has\n  ${wanted}, the market\n  ${found}`
  } catch (error) {
    return `the market fails: ${error instanceof Error ? error.stack : error}`
  }
}
