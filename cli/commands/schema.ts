import type { Command } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'

export const schema: Command = {
  name: 'schema',
  positionals: {},
  options: { json: { type: 'boolean', describe: 'the schema is always JSON' } },
  examples: [['npm start --silent -- schema > scenario.schema.json', '']],
  async execute() {
    const { jsonSchemaText } = await import('#scenarios/json-schema.ts')
    process.stdout.write(jsonSchemaText())
    return exitCodes.done.code
  },
}
