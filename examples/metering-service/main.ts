/**
 * Starts the example service: `node examples/metering-service/main.ts [SCENARIO] [PORT]`. Prices and products are those of
 * the scenario (default: quickstart); the port is 8888 by default.
 */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { readScenario } from '#scenarios/reader.ts'
import { startService } from './server.ts'

const [scenario = 'quickstart', port = '8888'] = process.argv.slice(2)
const bundled = fileURLToPath(new URL(`../../scenarios/${scenario}.yaml`, import.meta.url))
const path = existsSync(scenario) ? scenario : bundled
if (!existsSync(path) || !/^\d{1,5}$/.test(port)) {
  process.stderr.write('error: name a scenario and a port: node examples/metering-service/main.ts quickstart 8888\n')
  process.exit(2)
}
const read = await readScenario(path, {})
const spec = { scenario: read.scenario, traces: Object.fromEntries(read.traces) }
const { url, close } = await startService({ spec, port: Number(port) }).catch((error: unknown) => {
  process.stderr.write(`error: cannot listen on port ${port}: ${(error as Error).message}\n`)
  process.exit(74)
})
process.stdout.write(
  `metering service of ${read.scenario.name} at ${url}: POST /api/v1/events, GET /bills, GET /health\n`,
)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void close())
