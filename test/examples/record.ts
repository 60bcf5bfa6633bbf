/** Writes what every example prints next to it, and the programs of docs/engine.md into the page: `npm run examples`. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { runScript } from '#cli/script.ts'
import { pageUrl, programsOf, renderedPage } from './page.ts'
import { examples, outputOf } from './registry.ts'
import { tableOf, tableUrl } from './table.ts'

const file = (path: string) => new URL(`../../examples/${path}`, import.meta.url)

await runScript(
  {
    command: 'npm run examples --',
    about: 'Runs every example, and writes what it prints next to it and into docs/engine.md.',
    options: {},
  },
  () => {
    for (const example of examples) writeFileSync(file(`${example.path}.txt`), outputOf(example))
    const page = readFileSync(pageUrl, 'utf8')
    for (const name of programsOf(page)) {
      const output = file(`guide/${name}.txt`)
      if (existsSync(output)) writeFileSync(output, execFileSync(process.execPath, [file(`guide/${name}.ts`).pathname]))
    }
    writeFileSync(pageUrl, renderedPage(page))
    writeFileSync(tableUrl, tableOf(readFileSync(tableUrl, 'utf8')))
  },
)
