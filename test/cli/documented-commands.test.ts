/** Every command that a page shows exists, and so does each of its options. */
import { expect, test } from 'vitest'
import { optionsOf, shortNames } from '#cli/command.ts'
import { commands } from '#cli/commands.ts'
import { filesOf, textOf } from '../house/source-tree.ts'

const pages = [
  'README.md',
  ...filesOf('docs', '.md').filter((page) => page !== 'docs/design.md' && page !== 'docs/plan.md'),
]
const short = new Set(Object.values(shortNames))

const written = /(?:marketsim|npm start (?:--silent )?--) ([a-z][^\n`|]*)/

/** Lines of commands in fenced blocks and code in the text: `marketsim run x` and `npm start -- run x`. */
function commandsOf(page: string): string[] {
  const text = textOf(page).replace(/\\\n\s*/g, ' ')
  const blocks = [...text.matchAll(/^```([^\n]*)\n([\s\S]*?)^```/gm)]
    .filter(([, kind]) => ['', 'sh', 'console', 'text'].includes(kind))
    .flatMap(([, , body]) => body.split('\n'))
  const codes = [...text.replace(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`\n]+)`/g)].map(([, code]) => code)
  return [...blocks, ...codes].flatMap((code) => {
    const [, line] = new RegExp(`^(?:\\$ )?${written.source}`).exec(code) ?? []
    if (line === undefined) return []
    return [
      line
        .split(/ {2,}#| > | \| | && /)[0]
        .replace(/'[^']*'|"[^"]*"/g, 'TEXT')
        .trim(),
    ]
  })
}

test.each(pages)('%s shows commands that exist, with options that they have', async (page) => {
  for (const line of commandsOf(page)) {
    const words = line.split(/\s+/)
    const two = words.slice(0, 2).join(' ')
    const name = Object.hasOwn(commands, two) ? two : words[0]
    if (!Object.hasOwn(commands, name)) {
      expect(['completion', 'help'], `${page}: ${line}`).toContain(name)
      continue
    }
    const known = optionsOf(await commands[name].load())
    for (const [, dashes, option] of line.matchAll(/(?<=\s)(--?)([a-z][\w-]*)/g)) {
      const isKnown =
        dashes === '--'
          ? Object.hasOwn(known, option) || ['help', 'version'].includes(option)
          : short.has(option) || option === 'h'
      expect(isKnown, `${page}: ${line}: ${dashes}${option}`).toBe(true)
    }
  }
})

test('commands are found in blocks, in the text and behind a prompt', () => {
  expect(commandsOf('docs/tutorial.md').length).toBeGreaterThan(6)
  expect(commandsOf('README.md')).toContain('run nasa-ipsc')
})
