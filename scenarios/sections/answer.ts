/** `answer`: what a run says to the question of its scenario, from named figures. */
import { z } from '../zod.ts'
import { parseThreshold, type Threshold } from './thresholds.ts'

/** A sentence, and the comparison that must hold for it; without one it always fits. */
export interface AnswerCase {
  readonly when: Threshold | null
  readonly say: string
}

/** A figure in a sentence: `{ecs.refusalRate}`, `{ecs.refusalRate{region=ap-1}}`. */
const placeholder = /\{([^{}]+(?:\{[^{}]*\})?)\}/g

const figureWords = 'expected a sentence with figures such as {orders.refused} or {ecs.refusalRate{region=ap-1}}'
const whenWords = 'expected a comparison of a figure such as "ecs.refusalRate < 1%"'

export type AnswerPart = string | Threshold

/** The texts of a sentence and the figures between them. A figure that cannot be read stays as it is written. */
export function answerParts(sentence: string): AnswerPart[] {
  const parts: AnswerPart[] = []
  let end = 0
  for (const match of sentence.matchAll(placeholder)) {
    const parsed = parseThreshold(match[1])
    if (parsed === null || parsed.bounded) continue
    parts.push(sentence.slice(end, match.index), parsed.threshold)
    end = match.index + match[0].length
  }
  return [...parts, sentence.slice(end)].filter((part) => part !== '')
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
  .transform((text, context): Threshold => {
    const parsed = parseThreshold(text)
    if (parsed?.bounded === true) return parsed.threshold
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
    'What a run says to the question: a sentence with figures in braces, or a list of { when, say } of which the first that fits is said.',
  )
