/** The JSON Schema of scenario files, for editors: made from the schema that reads them. */

import { scenarioSchema } from './schema.ts'
import { z } from './zod.ts'

/** A price that may be left out with `money: ignore`; without it the reader asks for it. */
const mayLack = 'hourly'

/** JSON Schema cannot tell from the top of a file what is needed deep in it, so that no editor asks for these prices. */
function withoutPrices(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPrices)
  if (typeof value !== 'object' || value === null) return value
  const relaxed = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutPrices(item)]))
  const { required, properties } = relaxed
  if (!Array.isArray(required) || typeof properties !== 'object') return relaxed
  const isPriced = Object.hasOwn(Object(properties), 'capacity') || Object.hasOwn(Object(properties), 'billing')
  return isPriced ? { ...relaxed, required: required.filter((key) => key !== mayLack) } : relaxed
}

/** The text of `scenario.schema.json`. */
export function jsonSchemaText(): string {
  const schema = z.toJSONSchema(scenarioSchema, { io: 'input', target: 'draft-2020-12', reused: 'inline' })
  const { $schema, ...rest } = schema
  const head = {
    $schema,
    $id: 'scenario.schema.json',
    title: 'marketsim scenario',
    description: 'A marketplace to simulate: its servers, sellers, products, buyers and rules.',
  }
  return `${JSON.stringify({ ...head, ...(withoutPrices(rest) as object) }, null, 2)}\n`
}

if (import.meta.main) process.stdout.write(jsonSchemaText())
