/** Words that are read without yargs have the values that yargs gives them. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Command, type CommandOption, optionsOf, shortNames } from '#cli/command.ts'
import { commands } from '#cli/commands.ts'
import { parserOf } from '#cli/parser.ts'
import { plainValues } from '#cli/plain-words.ts'

/** Yargs takes a millisecond or more for each. */
const MOST_CASES = 40
const cases = Math.min(MOST_CASES, Number(process.env.MARKETSIM_CASES ?? 6))
const loaded = await Promise.all(
  Object.entries(commands).map(async ([name, listed]) => [name, listed.usage, await listed.load()] as const),
)

/** Values by name as yargs has them; undefined where it refuses the words. */
async function byYargs(command: Command, words: readonly string[]) {
  let found: Readonly<Record<string, unknown>> | undefined
  try {
    const parser = await parserOf(words, async (_, values) => {
      found = values
    })
    await parser.parseAsync()
  } catch {
    return undefined
  }
  const names = [...Object.keys(optionsOf(command)), ...Object.keys(command.positionals)]
  return Object.fromEntries(
    Object.entries(found ?? {}).filter(([name, value]) => names.includes(name) && value !== undefined),
  )
}

const texts = fc.constantFrom(
  '7',
  'a=b',
  'x',
  'true',
  'false',
  '',
  '-',
  '--',
  '-1',
  '0x10',
  "'q'",
  '1e3',
  'runs/a b',
  'é',
)

function wordsFor(command: Command): fc.Arbitrary<string[]> {
  const options = Object.entries(optionsOf(command))
  const option = fc.constantFrom(...options).chain(([name, { choices, type }]: [string, CommandOption]) => {
    const value = choices === undefined ? texts : fc.oneof(texts, fc.constantFrom(...[choices].flat().map(String)))
    const long = `--${name}`
    const short = Object.hasOwn(shortNames, name) ? `-${shortNames[name]}` : long
    if (type === 'boolean') return fc.constantFrom([long], [short], [`${long}=true`], [`--no-${name}`])
    return fc.oneof(
      value.map((text) => [long, text]),
      value.map((text) => [`${long}=${text}`]),
      value.map((text) => [short, text]),
      fc.constant([long]),
    )
  })
  const part = fc.oneof({ weight: 3, arbitrary: option }, { weight: 2, arbitrary: texts.map((text) => [text]) })
  return fc.array(part, { maxLength: 5 }).map((parts) => parts.flat())
}

describe.each(loaded)('%s', (name, usage, command) => {
  test('words that are read here mean what yargs takes them for', async () => {
    await fc.assert(
      fc.asyncProperty(wordsFor(command), async (words) => {
        const own = plainValues(command, usage, [name, ...words])
        const written = own && Object.fromEntries(Object.entries(own).map(([key, value]) => [key, textOf(value)]))
        if (written !== undefined)
          expect(written).toEqual(
            Object.fromEntries(
              Object.entries((await byYargs(command, [name, ...words])) ?? {}).map(([key, value]) => [
                key,
                textOf(value),
              ]),
            ),
          )
      }),
      { numRuns: cases },
    )
  })
})

const textOf = (value: unknown): unknown => (Array.isArray(value) ? value.map(String) : String(value))

test.each([
  [['check', 'quickstart'], { file: 'quickstart' }],
  [
    ['check', 'quickstart', '--set', 'a=1', '-s', 'b=2', '--json'],
    { file: 'quickstart', set: ['a=1', 'b=2'], json: true },
  ],
  [['run', 'x.yaml', '--threads=2', '-o', 'runs/a'], { file: 'x.yaml', threads: '2', out: 'runs/a' }],
  [['explain', 'runs/a', 'order', '12'], { run: 'runs/a', what: 'order', id: '12' }],
])('%j needs no parser', async (words, expected) => {
  const { usage, load } = commands[words[0]]
  expect(plainValues(await load(), usage, words)).toEqual(expected)
})

test.each([
  ['check', '-'],
  ['check', 'a', 'b'],
  ['check', 'a', '--format', 'xml'],
  ['check', 'a', '--strict=true'],
  ['check', 'a', '--strict', 'true'],
  ['check', 'a', '--set'],
  ['check', 'a', '--unknown'],
  ['run', 'a', '--threads', 'two'],
  ['run', 'a', '--seed', '-1'],
  ['run', 'a', '--seed', '1', '--seed', '2'],
  ['run', 'a', '--', 'b'],
])('%s %s: yargs has to read it', async (...words) => {
  const { usage, load } = commands[words[0]]
  expect(plainValues(await load(), usage, words)).toBeUndefined()
})
