import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { didYouMean } from '#base/did-you-mean.ts'
import { InputError } from '#base/input-error.ts'
import type { Command } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { settingOf } from '../settings.ts'
import { commandLine } from '../shell.ts'

/** A small scenario that runs as it is and says what each part is for. */
const template = (
  name: string,
): string => `# A marketsim scenario. \`npm start -- check ${name}.yaml\` reports every error with line and column;
# \`npm start -- schema\` prints the schema that editors complete from; \`npm start -- figures\` lists what thresholds may name.
name: ${name}
question: How many servers does one region need to refuse almost no request?
start: 2024-03-01T00:00:00+08:00        # instants carry their offset
end: 2024-03-15T00:00:00+08:00          # or: duration: 14d
measureFrom: 3d                         # figures are measured from here, when the pools have filled
seed: 1                                 # the same seed gives the same history, bit for bit
currency: USD

# Switches of the rulebook that differ from their default; a run's manifest records all of them.
policies:
  grace.days: 15                        # grace period of an account in arrears (A-04)

regions:
  - id: ap-1
    name: Singapore
    zones:
      - id: ap-1a
        pools:
          - flavour: c6.large
            capacity: 40                # servers of this flavour; further requests are refused (E-02)
            hourly: "0.12"              # prices are text or plain decimals, and stay exact
            provisioning: { lognormal: { mean: 90s, sd: 60s } }

sellers:
  - segment: isv
    count: 2
    provisioning: { exponential: { mean: 40min } }     # setup time of a SaaS

catalog:
  - id: web-stack
    name: Web stack image
    kind: image                         # billed per started clock hour, in addition to its server (U-02)
    seller: isv/1
    category: infrastructure
    specifications:
      - { id: standard, billing: pay-per-use, hourly: "0.05" }
  - id: crm
    name: Team CRM
    kind: saas
    seller: isv/2
    category: business-software
    specifications:
      - id: seats
        billing: monthly
        quantity: { attribute: users, min: 1, max: 200, step: 1 }
        plans:                          # tiered: each band prices the units inside it (P-02)
          - { months: 1, price: { model: tiered, bands: [{ upTo: 3, unit: "9.5" }, { upTo: null, unit: "8.25" }] } }

buyers:
  - segment: start-ups
    count: 150
    wallet: { opening: "60", topUp: { below: "15", amount: "50", reaction: { exponential: { mean: 5h } } } }
    load: { poisson: { perBuyer: 3/week } }             # arrivals
    buys:                                               # purchases, by weight
      - { product: web-stack, specification: standard, weight: 5, flavour: c6.large, quantity: { constant: 1 }, lifetime: { exponential: { mean: 9h } } }
      - { product: crm, specification: seats, weight: 1, quantity: { uniform: { min: 1, max: 12 } }, months: { constant: 1 } }

# A run ends with exit code 4 when one of these is missed.
thresholds:
  "reconciliation.differences": "== 0"
  "ecs.refusalRate{pool=ap-1a}": { test: "< 5%", severity: warn }
`

/** What editors with a YAML language server read: they complete keys and mark errors while you write. */
function editorLine(): string {
  const schema = fileURLToPath(new URL('../../scenarios/scenario.schema.json', import.meta.url))
  return `# yaml-language-server: $schema=${relative(process.cwd(), schema)}\n`
}

/** A bundled scenario under another name. Throws InputError. */
async function copyOf(wanted: string, name: string): Promise<string> {
  const { libraryPaths } = await import('#scenarios/library.ts')
  const library = await libraryPaths()
  const path = library.get(wanted)
  if (path === undefined) {
    const near = didYouMean(wanted, [...library.keys()])
    throw new InputError(
      `there is no template '${wanted}'`,
      `${near === undefined ? '' : `did you mean ${near}? `}templates are ${[...library.keys()].join(', ')}`,
    )
  }
  const text = readFileSync(path, 'utf8')
    .replace(/^# yaml-language-server:.*\n/m, '')
    .replace(/^name: .*$/m, `name: ${name}`)
  const data = relative(process.cwd(), dirname(path))
  return text.replace(/\bfile: (?!\/)(\S+\.csv)/g, (_, file: string) => `file: ${join(data, file)}`)
}

export const init: Command = {
  name: 'init',
  positionals: {
    name: { type: 'string', stream: 'out', describe: 'name of the scenario, whose file is NAME.yaml; - prints it' },
  },
  options: {
    json: { type: 'boolean', describe: 'print the name of the file as JSON' },
    template: {
      type: 'string',
      completes: 'template',
      describe: 'start from a bundled scenario instead: `list` shows them',
    },
  },
  examples: [
    ['npm start -- init my-region', 'writes my-region.yaml'],
    ['npm start -- init my-sale --template black-friday', 'the same from a bundled scenario'],
  ],
  async execute(arguments_) {
    const wanted = arguments_.filled(
      'template',
      'write --template quickstart; `npm start -- list` shows the bundled scenarios',
    )
    const isPrinted = arguments_.text('name') === '-'
    const name = (isPrinted ? wanted : arguments_.text('name')?.replace(/\.ya?ml$/, '')) ?? 'scenario'
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name))
      throw new InputError(`invalid scenario name '${name}'`, 'use letters, digits, - _ and . such as my-region')
    const file = `${name}.yaml`
    if (existsSync(file) && !isPrinted) throw new InputError(`${file} already exists`, 'choose another name', file)
    const text = `${settingOf('editorLine') === 'false' ? '' : editorLine()}${wanted === undefined ? template(name) : await copyOf(wanted, name)}`
    if (isPrinted) {
      process.stdout.write(text)
      return exitCodes.done.code
    }
    try {
      writeFileSync(file, text, { flag: 'wx' })
    } catch (error) {
      throw new InputError(
        `cannot write ${file} (${(error as NodeJS.ErrnoException).code})`,
        'check the permissions of this folder',
      )
    }
    if (arguments_.flag('json')) process.stdout.write(`${JSON.stringify({ file })}\n`)
    else if (!arguments_.flag('quiet'))
      process.stdout.write(`${file} written; run it with: ${commandLine(['run', file])}\n`)
    return exitCodes.done.code
  },
}
