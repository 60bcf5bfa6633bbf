/** Every npm script reads its command line by `runScript`, or is a program that is not ours. */
import { expect, test } from 'vitest'
import { readOptions, type Usage, UsageError } from '#cli/script.ts'
import { textOf } from './source-tree.ts'

const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> }

/** Programs that have a help of their own; the first is the program itself. */
const others = /^(node cli\/bin\.js|(MARKETSIM_\w+=\w+ )?vitest |tsc |biome |npm sbom)/

test.each(Object.entries(scripts))('npm run %s has --help and refuses unknown options', (_, line) => {
  if (others.test(line)) return
  const [, file] = /^node (?:--[\w-]+ )*(\S+\.ts)/.exec(line) ?? []
  expect(file, line).toBeDefined()
  expect(line).not.toContain('&&')
  expect(textOf(file as string)).toMatch(/\brunScript\(/)
})

const usage: Usage = {
  command: 'npm run x --',
  about: 'Tries.',
  words: { name: 'NAME', help: 'a name', known: ['first', 'second'] },
  options: { minutes: { value: '5', help: 'how long' }, json: { help: 'print data' } },
}

test('words and options come in any order, by their long or short name', () => {
  const given = readOptions(['first', '-j', '--minutes', '3', 'second'], usage)
  expect([given.words, given.has('json'), given.number('minutes', 5, 0)]).toEqual([['first', 'second'], true, 3])
  expect(readOptions(['-h'], usage).has('help')).toBe(true)
})

test.each([
  [['--minute', '3'], '--minute is unknown, did you mean --minutes?; see npm run x -- --help'],
  [['-q'], "'-q' does not belong to an option"],
  [['--minutes', 'five'], '--minutes five is not a number of 0 or more: write --minutes 5'],
  [['frist'], "'frist' is unknown, did you mean first?"],
  [['other'], "'other' is unknown, write one of first, second"],
])('%j is refused', (words, message) => {
  const read = () => readOptions(words, usage).number('minutes', 5, 0)
  expect(read).toThrow(UsageError)
  expect(read).toThrow(message)
})
