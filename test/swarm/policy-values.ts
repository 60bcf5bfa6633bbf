/** Values of every switch worth drawing, made of the schema of `policies:`. */
import { z } from 'zod'
import { fixedPolicies, policiesSchema } from '#scenarios/policies.ts'

interface Shape {
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Shape[]
  readonly items?: Shape
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly default?: unknown
  readonly properties?: Readonly<Record<string, Shape>>
}

/** Texts that a pattern takes: the first pattern that takes any says what kind of text it is. */
const texts: readonly (readonly string[])[] = [
  ['+08:00', '-05:30', '+05:45', 'Z', '+14:00', '-12:00'],
  ['0s', '90s', '1h', '150min', '26h', '5d'],
  ['2024-01-10T00:00:00+08:00', '2023-06-12T00:00:00+08:00', '2024-02-20T13:45:10Z'],
  ['0', '6', '13.5', '100', '0.00000001'],
]

const integers = [0, 1, 2, 3, 6, 12, 28]

/** A few values of a shape, the ends of its range among them. */
function valuesOf(shape: Shape): unknown[] {
  if (shape.enum) return [...shape.enum]
  if (shape.const !== undefined) return [shape.const]
  if (shape.anyOf) return shape.anyOf.flatMap(valuesOf)
  if (shape.type === 'boolean') return [false, true]
  if (shape.type === 'integer')
    return integers.filter((value) => value >= (shape.minimum ?? 0) && value <= (shape.maximum ?? value))
  if (shape.type === 'number') return [0, 0.3, 1]
  if (shape.type === 'array') return subsets(valuesOf(shape.items ?? {}))
  if (shape.properties) return objectsOf(Object.entries(shape.properties))
  const pattern = new RegExp(shape.pattern ?? '^never$')
  return [...(texts.find((list) => list.some((text) => pattern.test(text))) ?? [])]
}

function subsets(items: readonly unknown[]): unknown[][] {
  let sets: unknown[][] = [[]]
  for (const item of items) sets = sets.concat(sets.map((set) => [...set, item]))
  return sets
}

/** Each key alone at each of its values, and all keys at their last and at their middle. */
function objectsOf(entries: readonly (readonly [string, Shape])[]): unknown[] {
  const alone = entries.flatMap(([key, shape]) => valuesOf(shape).map((value) => ({ [key]: value })))
  const allAt = (place: (values: unknown[]) => unknown) =>
    Object.fromEntries(entries.map(([key, shape]) => [key, place(valuesOf(shape))]))
  return [...alone, allAt((values) => values.at(-1)), allAt((values) => values[values.length >> 1])]
}

/** Whether the schema takes it. */
const isValid = (policies: object) => policiesSchema.safeParse(policies).success

const { properties } = z.toJSONSchema(policiesSchema, { io: 'input' }) as Shape

/** By switch: the values that the reader takes. */
export const policyValues: Readonly<Record<string, readonly unknown[]>> = Object.fromEntries(
  Object.entries(properties ?? {}).map(([key, shape]) => [
    key,
    valuesOf(shape).filter((value) => isValid({ [key]: value })),
  ]),
)

/** Switches that may change while a run continues. */
export const changeablePolicies: readonly string[] = Object.entries(policyValues).flatMap(([key, values]) =>
  key in fixedPolicies || values.length === 0 ? [] : [key],
)
