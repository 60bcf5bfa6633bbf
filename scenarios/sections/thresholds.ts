/** `thresholds`: comparisons of a run's figures; one that is missed ends the run with its own exit code. */

import { numberText } from '#base/decimal-text.ts'
import { parseDuration } from '../time-text.ts'
import { z } from '../zod.ts'

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>='

export interface Threshold {
  /** Name of the figure, such as `orders.refused`; whether there is such a figure the reports know. */
  readonly figure: string
  /** Restriction of the figure, `{region=ap-1}`; empty without one. */
  readonly filter: Readonly<Record<string, string>>
  readonly op: Comparison
  /** The bound as decimal text, exact; of unit `ms` in milliseconds, of unit `percent` as written (99.5 for 99.5 %). */
  readonly value: string
  readonly unit: 'number' | 'percent' | 'ms'
  readonly severity: 'fail' | 'warn'
  /** As written, for messages. */
  readonly text: string
}

const figureWords = 'expected a figure such as orders.refused, or with a filter: orders.refused{region=ap-1}'
const testWords = 'expected a comparison such as "== 0", "<= 5min" or ">= 99.5 %"'

function parseFigure(text: string): Pick<Threshold, 'figure' | 'filter'> | null {
  const match = /^([A-Za-z][A-Za-z0-9]*(?:\.[A-Za-z0-9-]+)*)(?:\{([^{}]*)\})?$/.exec(text)
  if (!match) return null
  const filter = new Map<string, string>()
  for (const part of match[2] === undefined ? [] : match[2].split(',')) {
    const pair = /^\s*([A-Za-z][A-Za-z0-9]*)\s*=\s*([^=,{}\s]+)\s*$/.exec(part)
    if (!pair || filter.has(pair[1])) return null
    filter.set(pair[1], pair[2])
  }
  return { figure: match[1], filter: Object.fromEntries(filter) }
}

function parseTest(text: string): Pick<Threshold, 'op' | 'value' | 'unit'> | null {
  const match = /^\s*(==|!=|<=|>=|<|>)\s*(-?\d+(?:\.\d+)?(?:\s*%)?|(?:\d+(?:ms|s|min|h|d|w))+)\s*$/.exec(text)
  if (!match) return null
  const op = match[1] as Comparison
  const milliseconds = parseDuration(match[2])
  if (milliseconds !== null) return { op, value: String(milliseconds), unit: 'ms' }
  if (match[2].endsWith('%')) return { op, value: match[2].slice(0, -1).trim(), unit: 'percent' }
  return /^-?\d+(\.\d+)?$/.test(match[2]) ? { op, value: match[2], unit: 'number' } : null
}

/**
 * A bound as one text, `ecs.refusalRate{pool=ap-1a} < 1%`, or a figure without one, which is bound to nothing. Null
 * where it is neither.
 */
export function parseThreshold(text: string): { readonly bounded: boolean; readonly threshold: Threshold } | null {
  const match = /^\s*([^\s<>=!{}]+(?:\{[^{}]*\})?)\s*((?:==|!=|<=|>=|<|>).*)?$/.exec(text)
  const figure = match && parseFigure(match[1])
  const comparison = match && parseTest(match[2] ?? '== 0')
  if (!match || !figure || !comparison) return null
  return {
    bounded: match[2] !== undefined,
    threshold: { ...figure, ...comparison, severity: 'fail', text: text.trim() },
  }
}

const test = z.string({ error: testWords }).describe('The comparison: "== 0", "<= 5min", ">= 99.5 %".')
const bound = z.union([
  test,
  z.number({ error: testWords }).transform((value) => `== ${numberText(value)}`),
  z.strictObject({
    test,
    severity: z.enum(['fail', 'warn']).default('fail').describe('Whether a miss fails the run or only warns.'),
  }),
])

export const thresholds = z
  .record(z.string(), bound)
  .transform((written, context): Threshold[] => {
    const list: Threshold[] = []
    for (const [name, value] of Object.entries(written)) {
      const { test: text, severity } = typeof value === 'string' ? { test: value, severity: 'fail' as const } : value
      const figure = parseFigure(name)
      const comparison = parseTest(text)
      if (!figure) context.addIssue({ code: 'custom', message: figureWords, path: [name], params: { atKey: true } })
      if (!comparison) context.addIssue({ code: 'custom', message: testWords, path: [name] })
      if (figure && comparison) list.push({ ...figure, ...comparison, severity, text: `${name} ${text}` })
    }
    return list
  })
  .describe('Bounds on figures of the run: name, or name{key=value}, and a comparison.')
