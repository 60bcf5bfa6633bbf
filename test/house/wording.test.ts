/** Everything that people read is in plain technical English: some words are banned from it. */
import { expect, test } from 'vitest'
import { type BannedWord, bannedInIdentifiers, bannedInSources, bannedWords } from './banned-words.ts'
import { codeOf, filesOf, textOf } from './source-tree.ts'
import { isProse, type Text, textsOfTypeScript, textsOfYaml } from './texts.ts'

/** Texts that may have a banned word, by file: names that scripts parse, and the list of banned words. */
const exceptions: Readonly<Record<string, readonly string[]>> = {
  // The kind of an audited amount, which queries of `audit_totals` name.
  'sim/audit/kinds.ts': ['usage fault'],
}
const listsOfBannedWords = ['test/house/banned-words.ts', 'test/house/wording.test.ts']

const patterns = bannedWords.map(({ forms, instead }) => ({
  pattern: new RegExp(
    `(?<![\\w.-])(?:${forms.map((form) => form.replaceAll(' ', '(?:\\s+\\*)?\\s+')).join('|')})(?![\\w-])`,
    'gi',
  ),
  instead,
}))

const blank = (text: string): string => text.replace(/[^\n]/g, ' ')

/**
 * Code in backticks, blanked, and what is plain English where its words are not: "there is no", and the term of data centres
 * for hosts that fail together.
 */
const withoutCode = (text: string): string =>
  text
    .replace(/`(?:[^`\n]|\n(?!\s*\n))*`/g, blank)
    .replace(/there is no\b/gi, blank)
    .replace(/\bfault domains?\b/gi, blank)

/** The prose of a page, with code, comments and link targets blanked, so that lines keep their numbers. */
const proseOf = (page: string): string =>
  withoutCode(
    page
      .replace(/^```[\s\S]*?^```/gm, blank)
      .replace(/(?<=^\s*\n)(?: {4}.*\n)+/gm, blank)
      .replace(/<!--[\s\S]*?-->/g, blank),
  ).replace(/\]\([^)]*\)/g, blank)

/** Every banned word of a text as `file:line: "word", write X instead`. */
const bannedIn = (file: string, prose: string, firstLine = 1): string[] =>
  patterns.flatMap(({ pattern, instead }) =>
    [...prose.matchAll(pattern)].map(({ 0: word, index }) => {
      const line = firstLine + prose.slice(0, index).split('\n').length - 1
      return `${file}:${line}: "${word.replace(/[\s*]+/g, ' ')}", write ${instead} instead`
    }),
  )

const bannedInTexts = (file: string, texts: readonly Text[]): string[] =>
  texts
    .filter(({ text }) => !(exceptions[file] ?? []).includes(text))
    .flatMap(({ line, text }) => bannedIn(file, withoutCode(text), line))

const pages = ['README.md', 'CONTRIBUTING.md', ...filesOf('docs', '.md')]
const rooms = ['base', 'bench', 'cli', 'engine', 'examples', 'reports', 'scenarios', 'sim', 'test']
const sourceOf = (room: string): string[] => filesOf(room).filter((file) => !listsOfBannedWords.includes(file))

test.each(pages)('%s has no banned word', (page) => {
  expect(bannedIn(page, proseOf(textOf(page)))).toEqual([])
})

test.each(rooms)('messages, descriptions and test names in %s have no banned word', (room) => {
  const found = sourceOf(room).flatMap((file) => {
    const texts = textsOfTypeScript(textOf(file)).filter(({ kind, text }) => kind === 'string' && isProse(text))
    return bannedInTexts(file, texts)
  })
  expect(found).toEqual([])
})

test.each(rooms)('comments in %s have no banned word', (room) => {
  const found = sourceOf(room).flatMap((file) =>
    bannedInTexts(
      file,
      textsOfTypeScript(textOf(file)).filter(({ kind }) => kind === 'comment'),
    ),
  )
  expect(found).toEqual([])
})

test.each(['scenarios', 'test'])('questions and comments of the scenarios in %s have no banned word', (room) => {
  const found = filesOf(room, '.yaml').flatMap((file) => bannedInTexts(file, textsOfYaml(textOf(file))))
  expect(found).toEqual([])
})

/** The words of a name: `toldElsewhere` has `told` and `elsewhere`. */
const wordsOf = (name: string): string[] =>
  (name.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])/g) ?? []).map((word) => word.toLowerCase())

/** Every identifier of some code that has a banned word, once, with what to write instead. */
function bannedNames(file: string, code: string, banned: readonly BannedWord[]): string[] {
  const names = new Set(code.match(/[A-Za-z_$][\w$]*/g) ?? [])
  return [...names].flatMap((name) =>
    banned
      .filter(({ forms }) => wordsOf(name).some((word) => forms.includes(word)))
      .map(({ instead }) => `${file}: ${name}, write ${instead} instead`),
  )
}

/** Names that stay for one release, as aliases of what they are called now. */
const deprecatedNames: Readonly<Record<string, readonly string[]>> = { 'engine/index.ts': ['Law', 'LawName'] }

test.each(rooms)('identifiers in %s have no banned word', (room) => {
  const banned =
    room === 'test' || room === 'examples' ? bannedInIdentifiers : [...bannedInIdentifiers, ...bannedInSources]
  const found = sourceOf(room).flatMap((file) =>
    bannedNames(file, codeOf(file), banned).filter(
      (line) => !(deprecatedNames[file] ?? []).some((name) => line.startsWith(`${file}: ${name},`)),
    ),
  )
  expect(found).toEqual([])
})

test('a class of errors is called an error', () => {
  const found = rooms.flatMap((room) =>
    sourceOf(room).flatMap(
      (file) =>
        codeOf(file)
          .match(/class \w+Faults?\b/g)
          ?.map((name) => `${file}: ${name}`) ?? [],
    ),
  )
  expect(found).toEqual([])
})

test('a banned word is found in an identifier, whole or as a part', () => {
  for (const name of ['told', 'toldElsewhere', 'TOLD', 'STALLS_TOLD', '#told', 'isHis', 'syntaxMends'])
    expect(bannedNames('a.ts', `const ${name} = 1`, bannedInIdentifiers), name).toHaveLength(1)
  for (const name of ['history', 'theTolerance', 'understanding', 'amended', 'this'])
    expect(bannedNames('a.ts', `const ${name} = 1`, bannedInIdentifiers), name).toEqual([])
  expect(bannedNames('a.ts', 'const lawOf = 1', bannedInSources)).toHaveLength(1)
})

test('every exception is still needed', () => {
  for (const [file, texts] of Object.entries(exceptions)) {
    const found = textsOfTypeScript(textOf(file)).map(({ text }) => text)
    for (const text of texts) {
      expect(found).toContain(text)
      expect(bannedIn(file, text)).not.toEqual([])
    }
  }
})

test('every form of the list is found, with what to write instead', () => {
  for (const { forms, instead } of bannedWords)
    for (const form of forms)
      expect(bannedIn('a.md', `One.\n\nIt ${form}, here.\n`), form).toContain(
        `a.md:3: "${form}", write ${instead} instead`,
      )
})

test('a phrase is found across a line break and in a table, but not in code or within another word', () => {
  const found = (page: string) => bannedIn('a.md', proseOf(page))
  expect(found('- What is\n  given\n  back.\n')).toHaveLength(1)
  expect(found('| a | At once |\n')).toHaveLength(1)
  expect(found('Text\n\n```\ntold\n```\n\n    told of\n\nThe `told` command, besides.\n')).toEqual([])
})

test('strings, templates and comments of TypeScript are found, but not regular expressions or code', () => {
  const code = `/** A comment
 * given
 * back. */
const a = 'it' / 2 // at once
const b = \`one \${told({ a: \`two\` })} three\`
const pattern = x.match(/told "/)
const c = "four"`
  const texts = textsOfTypeScript(code)
  expect(texts.filter(({ kind }) => kind === 'string').map(({ text }) => text)).toEqual([
    'it',
    'one ',
    'two',
    ' three',
    'four',
  ])
  expect(texts.flatMap(({ line, text }) => bannedIn('a.ts', text, line)).map((text) => text.split(',')[0])).toEqual([
    'a.ts:2: "given back"',
    'a.ts:4: "at once"',
  ])
})

test('comments and questions of YAML are found', () => {
  expect(textsOfYaml('# one\nname: two\nkey: a#b # three\nquestion: four?\n').map(({ text }) => text.trim())).toEqual([
    '# one',
    'two',
    '# three',
    'four?',
  ])
})

test('no page or source has the marks of a merge conflict', () => {
  const marked = ['CHANGELOG.md', ...pages, ...rooms.flatMap(sourceOf)].filter((file) =>
    /^(?:<{7}|>{7}) /m.test(textOf(file)),
  )
  expect(marked).toEqual([])
})
