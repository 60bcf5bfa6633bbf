/** Writes `scenarios/scenario.schema.json` from the schema that reads scenario files; a test holds them equal. */
import { writeFileSync } from 'node:fs'
import { jsonSchemaText } from '#scenarios/json-schema.ts'
import { runScript } from '../script.ts'

await runScript({ command: 'npm run schema --', about: 'Writes scenarios/scenario.schema.json.', options: {} }, () =>
  writeFileSync(new URL('../../scenarios/scenario.schema.json', import.meta.url), jsonSchemaText()),
)
