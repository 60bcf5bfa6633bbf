/**
 * Bill files of a program of strangers with a secret switch each: `reconcile --infer` names what it is, or says that it is unexplained,
 * and names a wrong cause for none in a hundred.
 */
import { expect, test } from 'vitest'
import { isShort } from '../effort.ts'
import { otherFile, ours, shapes, strangeLog } from './other-program.ts'
import { Draws, namedCause } from './planted-causes.ts'
import { secrets } from './secret-switches.ts'

test('without a switch the program of strangers agrees with us', async () => {
  for (let index = 0; index < (isShort ? 2 : 20); index++) {
    const log = strangeLog(new Draws(`ours ${index}`))
    for (const shape of shapes) expect(await namedCause(log, otherFile(log, ours, shape)), shape).toBe('agrees')
  }
})

test('a secret switch is named or left unexplained', async () => {
  const seed = process.env.MARKETSIM_DRAWS ?? 'secret'
  const logs = isShort ? 1 : 4
  const wrong: string[] = []
  const unexplained = new Map<string, number>()
  let files = 0
  for (let index = 0; index < logs; index++) {
    const log = strangeLog(new Draws(`${seed} ${index}`))
    const all = Object.entries(secrets)
    for (const [place, [name, secret]] of all.entries()) {
      const own = secret.shapes ?? shapes
      // The short form takes one file of each.
      const taken = isShort ? [own[place % own.length]] : own
      for (const shape of taken) {
        const cause = await namedCause(log, otherFile(log, { ...ours, ...secret.steps }, shape))
        if (cause === 'agrees') continue
        files++
        const isNamed = cause !== undefined && cause.cause !== 'unexplained'
        const key = `${name} (${shape})`
        if (!isNamed) unexplained.set(key, (unexplained.get(key) ?? 0) + 1)
        else if (secret.right?.test(cause.text) !== true) wrong.push(`${index} ${key}: ${cause.text}`)
      }
    }
  }
  const left = [...unexplained.values()].reduce((sum, count) => sum + count, 0)
  process.stdout.write(
    `${files} files: ${files - left - wrong.length} named, ${left} unexplained, ${wrong.length} wrong\n`,
  )
  process.stdout.write(`wrong:\n${wrong.join('\n')}\nunexplained:\n${[...unexplained.keys()].join('\n')}\n`)
  expect(wrong.length / files, wrong.join('\n')).toBeLessThanOrEqual(0.01)
})
