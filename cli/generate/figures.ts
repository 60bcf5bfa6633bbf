/** Writes the table of figures at the end of `docs/cli.md`: `npm run docs:figures`. A test holds the page and the list equal. */
import { readFileSync, writeFileSync } from 'node:fs'
import { figuresMarkdown } from '../commands/figures.ts'
import { runScript } from '../script.ts'

await runScript(
  { command: 'npm run docs:figures --', about: 'Writes the table of figures of docs/cli.md.', options: {} },
  () => {
    const page = new URL('../../docs/cli.md', import.meta.url)
    const text = readFileSync(page, 'utf8')
    const start = text.lastIndexOf('| figure | unit |')
    if (start < 0) throw new Error('docs/cli.md has no table of figures')
    writeFileSync(page, `${text.slice(0, start)}${figuresMarkdown()}\n`)
  },
)
