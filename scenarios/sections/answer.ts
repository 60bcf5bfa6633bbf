/** `answer`: what a run says to the question of its scenario, from named figures of it and of its comparisons. */
import { z } from '../zod.ts'
import { type Comparison, parseThreshold, type Threshold } from './thresholds.ts'

/** A figure of the run, or of one that `compareWith` names: `refuse: ecs.refusalRate{region=ap-1}`. */
export interface AskedFigure {
  readonly of: string | null
  readonly threshold: Threshold
}

/** A figure in a sentence, less another one where there is one: `{orders.completed - refuse: orders.completed}`. */
export interface AnswerFigure extends AskedFigure {
  readonly less: AskedFigure | null
}

/** A figure compared with a bound, or with another figure. */
export interface AnswerCondition extends AskedFigure {
  readonly than: AskedFigure | null
}

/** A sentence, and the comparison that must hold for it; without one it always fits. */
export interface AnswerCase {
  readonly when: AnswerCondition | null
  readonly say: string
}

/** A figure in a sentence: `{ecs.refusalRate}`, `{ecs.refusalRate{region=ap-1}}`. */
const placeholder = /\{([^{}]+(?:\{[^{}]*\}[^{}]*)*)\}/g

const figureWords = 'expected a sentence with figures such as {orders.refused} or {ecs.refusalRate{region=ap-1}}'
const whenWords =
  'expected a comparison of a figure such as "ecs.refusalRate < 1%", or of two such as "ecs.created > refuse: ecs.created"'

/** The name of a comparison before a figure, and the figure. */
function prefixed(text: string): { of: string | null; rest: string } {
  const [, of = null, rest] = /^\s*(?:([A-Za-z0-9][\w.-]*):\s+)?(.*?)\s*$/s.exec(text) as RegExpExecArray
  return { of, rest }
}

function askedFigure(text: string): AskedFigure | null {
  const { of, rest } = prefixed(text)
  const parsed = parseThreshold(rest)
  return parsed === null || parsed.bounded ? null : { of, threshold: parsed.threshold }
}

function answerFigure(text: string): AnswerFigure | null {
  const [first, second, ...others] = text.split(/\s+-\s+/)
  const figure = askedFigure(first)
  const less = second === undefined ? null : askedFigure(second)
  if (figure === null || others.length > 0 || (second !== undefined && less === null)) return null
  return { ...figure, less }
}

function answerCondition(text: string): AnswerCondition | null {
  const { of, rest } = prefixed(text)
  const parsed = parseThreshold(rest)
  if (parsed?.bounded === true) return { of, threshold: parsed.threshold, than: null }
  const [, left, op, right] = /^(.*?[^=!<>])\s*(==|!=|<=|>=|<|>)\s*([^=<>].*)$/s.exec(text) ?? []
  const [figure, than] = left === undefined ? [null, null] : [askedFigure(left), askedFigure(right)]
  if (figure === null || than === null) return null
  return { of: figure.of, threshold: { ...figure.threshold, op: op as Comparison }, than }
}

export type AnswerPart = string | AnswerFigure

/** The texts of a sentence and the figures between them. A figure that cannot be read stays as it is written. */
export function answerParts(sentence: string): AnswerPart[] {
  const parts: AnswerPart[] = []
  let end = 0
  for (const match of sentence.matchAll(placeholder)) {
    const figure = answerFigure(match[1])
    if (figure === null) continue
    parts.push(sentence.slice(end, match.index), figure)
    end = match.index + match[0].length
  }
  return [...parts, sentence.slice(end)].filter((part) => part !== '')
}

/** Every figure that a case asks for. */
export function figuresOfCase({ when, say }: AnswerCase): (AskedFigure & { readonly key: 'when' | 'say' })[] {
  const figures = (key: 'when' | 'say', asked: readonly (AskedFigure | null)[]) =>
    asked.flatMap((each) => (each === null ? [] : [{ of: each.of, threshold: each.threshold, key }]))
  return [
    ...figures('when', when === null ? [] : [when, when.than]),
    ...answerParts(say).flatMap((part) => (typeof part === 'string' ? [] : figures('say', [part, part.less]))),
  ]
}

const sentence = z
  .string({ error: figureWords })
  .min(1)
  .max(1_000)
  .refine(
    (text) =>
      !/[{}]/.test(
        answerParts(text)
          .filter((part) => typeof part === 'string')
          .join(''),
      ),
    {
      error: figureWords,
    },
  )

const when = z
  .string({ error: whenWords })
  .transform((text, context): AnswerCondition => {
    const condition = answerCondition(text)
    if (condition !== null) return condition
    context.addIssue({ code: 'custom', message: whenWords })
    return z.NEVER
  })
  .optional()
  .describe('The comparison that must hold, such as "orders.refused == 0"; without it, the sentence always fits.')

export const answer = z
  .union(
    [
      sentence.transform((say): AnswerCase[] => [{ when: null, say }]),
      z
        .array(z.strictObject({ when, say: sentence.describe('The sentence, with figures in braces.') }))
        .min(1)
        .max(20)
        .transform((cases): AnswerCase[] => cases.map((each) => ({ when: each.when ?? null, say: each.say }))),
    ],
    { error: figureWords },
  )
  .describe(
    'What a run says to the question: a sentence with figures in braces, or a list of { when, say } of which the first that fits is said. NAME: before a figure means the run of compareWith.',
  )
