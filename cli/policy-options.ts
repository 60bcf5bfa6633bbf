/** `--policy key=value` and `--policies FILE`: switches of the rulebook on the command line. */
import { readFileSync } from 'node:fs'
import { didYouMean } from '#base/did-you-mean.ts'
import { InputError } from '#base/input-error.ts'
import type { Policies, PolicyKey } from '#scenarios/policies.ts'
import type { Arguments, CommandOption } from './command.ts'
import { checkInputFile } from './input-file.ts'
import { warnOfName } from './warnings.ts'

/** A value as a scenario file would write it: JSON where it is some, else plain text. */
function written(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Options of the commands that take policies. */
export const policiesOption = {
  type: 'string',
  completes: 'file',
  describe: 'POLICIES.yaml: switches of the rulebook, key: value; --policy changes them',
} as const satisfies CommandOption

/** What the file of `--policies` has, by key. Throws InputError. */
async function policiesIn(path: string): Promise<ReadonlyMap<string, unknown>> {
  const { parseDocument } = await import('yaml')
  checkInputFile(path, 'a file of policies')
  const document = parseDocument(readFileSync(path, 'utf8'))
  const [error] = document.errors
  if (error !== undefined)
    throw new InputError(
      `the policies are no YAML: ${error.message.split('\n')[0]}`,
      'write one a line: key: value',
      path,
    )
  const values: unknown = document.toJS() ?? {}
  if (typeof values !== 'object' || Array.isArray(values))
    throw new InputError('the policies are no list of keys', 'write one a line, such as image.whenStopped: free', path)
  return new Map(Object.entries(values as object))
}

/**
 * The rulebook's defaults with what a file and then the words change; `option`: what is before the words. Throws InputError.
 */
export async function policiesOf(words: readonly string[], option = '--policy ', file?: string): Promise<Policies> {
  // The schema takes a moment to load; without a change it is still needed for the defaults.
  const { policiesSchema, policyKeys } = await import('#scenarios/policies.ts')
  const { renames } = await import('#scenarios/renames.ts')
  const currentKey = (key: string, before: string): string => {
    const rename = renames.find(({ in: place, from }) => place.join() === 'policies' && from === key)
    if (rename !== undefined) warnOfName(`${before}${key}`, `${before}${rename.to}`)
    const current = rename?.to ?? key
    if (policyKeys.includes(current as PolicyKey)) return current
    const near = didYouMean(current, policyKeys)
    throw new InputError(
      `there is no policy '${current}'`,
      near === undefined ? 'the rulebook lists them; so does `npm start -- schema`' : `did you mean ${near}?`,
      before === option ? undefined : file,
    )
  }
  const values: Record<string, unknown> = Object.create(null)
  for (const [key, value] of file === undefined ? [] : await policiesIn(file)) values[currentKey(key, '')] = value
  const seen = new Set<string>()
  for (const word of words) {
    const at = word.indexOf('=')
    if (at < 1) throw new InputError(`${option}${word} has no value`, `write ${option}image.whenStopped=free`)
    const key = currentKey(word.slice(0, at), option)
    if (seen.has(key)) throw new InputError(`${option}${key} is given twice`, 'remove one')
    seen.add(key)
    values[key] = written(word.slice(at + 1))
  }
  const read = policiesSchema.safeParse(values)
  if (read.success) return read.data
  const [issue] = read.error.issues
  const name = String(issue.path[0])
  throw new InputError(
    `${seen.has(name) || file === undefined ? option : ''}${name}: ${issue.message}`,
    'write one of its values',
    seen.has(name) ? undefined : file,
  )
}

/** The file of `--policies`. Throws InputError. */
export const policiesFile = (arguments_: Arguments): string | undefined =>
  arguments_.filled('policies', 'write --policies POLICIES.yaml')

/** The policies of a command that has `--policies` and `--policy`. Throws InputError. */
export const policiesAsked = (arguments_: Arguments): Promise<Policies> =>
  policiesOf(arguments_.texts('policy'), undefined, policiesFile(arguments_))
