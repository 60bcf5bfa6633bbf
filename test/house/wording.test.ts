/** The documentation is in plain technical English: some words are banned from its prose. */
import { expect, test } from 'vitest'
import { bannedWords } from './banned-words.ts'
import { filesOf, textOf } from './source-tree.ts'

/** Pages that are not covered yet: the plan, and those generated from texts in the code. Remove a page once it passes. */
const notYetCovered: readonly string[] = [
  'docs/examples.md',
  'docs/lifecycles.md',
  'docs/plan.md',
  'docs/record.md',
  'docs/rules.md',
]

/** Headers of tables that repeat texts of the code or of scenarios, on pages that are otherwise written by hand. Not covered yet. */
const generatedTables = ['| figure | unit | labels | meaning |', '| warning | meaning |', '| scenario | question |']

const patterns = bannedWords.map(({ forms, instead }) => ({
  pattern: new RegExp(`(?<![\\w-])(?:${forms.map((form) => form.replaceAll(' ', '\\s+')).join('|')})(?![\\w-])`, 'gi'),
  instead,
}))

const blank = (text: string): string => text.replace(/[^\n]/g, ' ')

/** The prose of a page, with generated tables, code, comments and link targets blanked, so that lines keep their numbers. */
function proseOf(page: string): string {
  return page
    .replace(/^\|.*\n(?:\|.*\n)*/gm, (table) => (generatedTables.includes(table.split('\n')[0]) ? blank(table) : table))
    .replace(/^```[\s\S]*?^```/gm, blank)
    .replace(/(?<=^\s*\n)(?: {4}.*\n)+/gm, blank)
    .replace(/<!--[\s\S]*?-->/g, blank)
    .replace(/`(?:[^`\n]|\n(?!\s*\n))*`/g, blank)
    .replace(/\]\([^)]*\)/g, blank)
}

/** Every banned word of a page as `file:line: "word", write X instead`. */
function bannedIn(file: string, page: string): string[] {
  const prose = proseOf(page)
  return patterns.flatMap(({ pattern, instead }) =>
    [...prose.matchAll(pattern)].map(({ 0: word, index }) => {
      const line = prose.slice(0, index).split('\n').length
      return `${file}:${line}: "${word.replace(/\s+/g, ' ')}", write ${instead} instead`
    }),
  )
}

const pages = ['README.md', 'CONTRIBUTING.md', ...filesOf('docs', '.md')]

test.each(pages.filter((page) => !notYetCovered.includes(page)))('%s has no banned word', (page) => {
  expect(bannedIn(page, textOf(page))).toEqual([])
})

test('every page that is not covered yet exists', () => {
  expect(notYetCovered.filter((page) => !pages.includes(page))).toEqual([])
})

test('every form of the list is found, with what to write instead', () => {
  for (const { forms, instead } of bannedWords)
    for (const form of forms)
      expect(bannedIn('a.md', `One.\n\nIt ${form}, here.\n`), form).toContain(
        `a.md:3: "${form}", write ${instead} instead`,
      )
})

test('a phrase is found across a line break and in a table, but not in code or within another word', () => {
  expect(bannedIn('a.md', '- What is\n  given\n  back.\n')).toHaveLength(1)
  expect(bannedIn('a.md', '| a | At once |\n')).toHaveLength(1)
  expect(bannedIn('a.md', 'Text\n\n```\ntold\n```\n\n    told of\n\nThe `told` command, besides.\n')).toEqual([])
})
