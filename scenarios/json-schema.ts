/** The JSON Schema of scenario files, for editors: made from the schema that reads them. */
import { z } from 'zod'
import { scenarioSchema } from './schema.ts'

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
  return `${JSON.stringify({ ...head, ...rest }, null, 2)}\n`
}

if (import.meta.main) process.stdout.write(jsonSchemaText())
