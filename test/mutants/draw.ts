/** Errors that are drawn: every place of a file where code of a known kind is easily written wrong, from its syntax tree. */

/** What to write in place of a stretch of a file, by places in its text. */
export interface Change {
  /** Below the root of the tree. */
  readonly file: string
  readonly start: number
  readonly end: number
  readonly instead: string
}

export interface DrawnMutant extends Change {
  readonly kind: MutantKind
}

export type MutantKind =
  | 'boundary'
  | 'condition'
  | 'guard'
  | 'sign'
  | 'scale'
  | 'constant'
  | 'rounding'
  | 'extreme'
  | 'statement'
  | 'statement order'
  | 'argument order'

export const changed = (text: string, { start, end, instead }: Change): string =>
  text.slice(0, start) + instead + text.slice(end)

/** A node of an ESTree; what is read of it depends on its type. */
interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [key: string]: unknown
}

type Found = Omit<DrawnMutant, 'file'>

/** Of an operator, what is written in its place. */
const operators: Readonly<Record<string, readonly [instead: string, kind: MutantKind]>> = {
  '<': ['<=', 'boundary'],
  '<=': ['<', 'boundary'],
  '>': ['>=', 'boundary'],
  '>=': ['>', 'boundary'],
  '===': ['!==', 'condition'],
  '!==': ['===', 'condition'],
  '&&': ['||', 'condition'],
  '||': ['&&', 'condition'],
  '+': ['-', 'sign'],
  '-': ['+', 'sign'],
  '+=': ['-=', 'sign'],
  '-=': ['+=', 'sign'],
  '++': ['--', 'sign'],
  '--': ['++', 'sign'],
  '*': ['/', 'scale'],
  '/': ['*', 'scale'],
  '%': ['*', 'scale'],
}

const methods: Readonly<Record<string, readonly [instead: string, kind: MutantKind]>> = {
  'Math.floor': ['Math.ceil', 'rounding'],
  'Math.ceil': ['Math.floor', 'rounding'],
  'Math.round': ['Math.floor', 'rounding'],
  'Math.trunc': ['Math.ceil', 'rounding'],
  'Math.min': ['Math.max', 'extreme'],
  'Math.max': ['Math.min', 'extreme'],
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value

const isText = (node: Node): boolean =>
  node.type === 'TemplateLiteral' || (node.type === 'Literal' && typeof node.value === 'string')

/** Statements that end what is done where a guard says so. */
const leaves = new Set(['ReturnStatement', 'ThrowStatement', 'ContinueStatement', 'BreakStatement'])

/** Reads trees of syntax; of `vitest/node`. */
export type Parse = (text: string, options: { lang: 'ts' }) => unknown

/** Every mutant of a file, in the order of its text. */
export function mutantsOf(file: string, text: string, parse: Parse): DrawnMutant[] {
  const found: Found[] = []
  const add = (kind: MutantKind, { start, end }: Pick<Node, 'start' | 'end'>, instead: string): void => {
    found.push({ kind, start, end, instead })
  }
  const of = ({ start, end }: Node): string => text.slice(start, end)
  const negate = (test: Node): void => {
    // What is compared has its own operator.
    if (test.type !== 'BinaryExpression' && test.type !== 'LogicalExpression') add('condition', test, `!(${of(test)})`)
  }
  const visit = (node: Node): void => {
    // Types are no code.
    if (node.type.startsWith('TS') && node.type !== 'TSAsExpression' && node.type !== 'TSNonNullExpression') {
      if (node.type !== 'TSSatisfiesExpression') return
    }
    if (node.type === 'ImportDeclaration') return
    look(node)
    for (const value of Object.values(node))
      for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) visit(child)
  }
  const look = (node: Node): void => {
    const { type } = node
    if (type === 'BinaryExpression' || type === 'LogicalExpression' || type === 'AssignmentExpression') {
      const [left, right] = [node.left as Node, node.right as Node]
      const known = operators[String(node.operator)]
      if (known !== undefined && !isConcatenation(node)) {
        const at = text.indexOf(String(node.operator), left.end)
        if (at >= 0 && at < right.start) add(known[1], { start: at, end: at + String(node.operator).length }, known[0])
      }
    } else if (type === 'UpdateExpression') {
      const [instead, kind] = operators[String(node.operator)]
      const argument = node.argument as Node
      add(kind, node, node.prefix === true ? instead + of(argument) : of(argument) + instead)
    } else if (type === 'UnaryExpression') {
      if (node.operator === '!') add('condition', node, of(node.argument as Node))
      else if (node.operator === '-' && (node.argument as Node).type !== 'Literal')
        add('sign', node, `(${of(node.argument as Node)})`)
    } else if (type === 'Literal') lookAtLiteral(node)
    else if (type === 'CallExpression') lookAtCall(node)
    else if (type === 'IfStatement') {
      const consequent = node.consequent as Node
      const body = consequent.type === 'BlockStatement' ? (consequent.body as Node[]) : [consequent]
      if (node.alternate == null && body.length === 1 && leaves.has(body[0].type)) add('guard', node, ';')
      negate(node.test as Node)
    } else if (type === 'ConditionalExpression') negate(node.test as Node)
    if (type === 'BlockStatement' || type === 'Program') lookAtStatements(node.body as Node[])
    else if (type === 'IfStatement' && (node.consequent as Node).type === 'ExpressionStatement')
      lookAtStatements([node.consequent as Node])
  }
  const isConcatenation = (node: Node): boolean =>
    node.operator === '+' && (isText(node.left as Node) || isText(node.right as Node))
  const lookAtLiteral = (node: Node): void => {
    if (typeof node.value === 'boolean') add('constant', node, String(!node.value))
    else if (typeof node.value === 'number' && /^[\d_]+$/.test(of(node))) add('constant', node, `(${of(node)} + 1)`)
    else if (typeof node.bigint === 'string') add('constant', node, `(${of(node)} + 1n)`)
    else if (node.value === 'truncate') add('rounding', node, "'half-up'")
    else if (node.value === 'half-up') add('rounding', node, "'truncate'")
  }
  const lookAtCall = (node: Node): void => {
    const callee = node.callee as Node
    const known = methods[of(callee)]
    if (known !== undefined) add(known[1], callee, known[0])
    const [first, second] = node.arguments as Node[]
    // The order of the least and the largest does not matter.
    if (second === undefined || known?.[1] === 'extreme' || of(first) === of(second)) return
    const plain = ['Identifier', 'MemberExpression']
    if (plain.includes(first.type) && plain.includes(second.type))
      add(
        'argument order',
        { start: first.start, end: second.end },
        of(second) + text.slice(first.end, second.start) + of(first),
      )
  }
  const lookAtStatements = (body: readonly Node[]): void => {
    for (const [index, statement] of body.entries()) {
      if (statement.type !== 'ExpressionStatement' || typeof statement.directive === 'string') continue
      add('statement', statement, ';')
      const next = body[index + 1]
      if (next?.type === 'ExpressionStatement')
        add(
          'statement order',
          { start: statement.start, end: next.end },
          // A statement that begins with a parenthesis must not become arguments of the one before.
          `${of(next)};${text.slice(statement.end, next.start)};${of(statement)}`,
        )
    }
  }
  visit(parse(text, { lang: 'ts' }) as Node)
  return found.sort((a, b) => a.start - b.start || a.end - b.end).map((mutant) => ({ file, ...mutant }))
}

/** The line that a mutant is in, from 1, and what becomes of its text. */
export function described(text: string, { file, start, end, instead, kind }: DrawnMutant): string {
  const line = text.slice(0, start).split('\n').length
  const short = (words: string): string => {
    const flat = words.replaceAll(/\s+/g, ' ')
    return flat.length > 60 ? `${flat.slice(0, 59)}…` : flat
  }
  return `${file}:${line} ${kind}: ${short(text.slice(start, end))} -> ${short(instead)}`
}
