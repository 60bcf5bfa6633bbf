/** Names that every object inherits, in the files of `meter` and `reconcile` and on the command line. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { exitCodes } from '#cli/exit-codes.ts'
import { inThisProcess, newFolder, removeFolders } from './marketsim.ts'

const cwd = newFolder()
afterAll(removeFolders)
const at = (name: string) => join(cwd, name)
const names = ['constructor', 'toString', 'valueOf', 'hasOwnProperty', '__proto__', 'isPrototypeOf']

test('a log in which everything has such a name is rated, and its bills agree with themselves', async () => {
  writeFileSync(
    at('prices.csv'),
    `kind,name,hourly\n${names.map((name) => `ecs,${name},0.5\nimage,${name},0.25\n`).join('')}`,
  )
  const events = names.flatMap((name) => [
    `2024-03-01T00:00:00+08:00,${name},${name},start,${name},${name}`,
    `2024-03-01T02:00:00+08:00,${name},${name},delete,,`,
  ])
  writeFileSync(at('events.csv'), `at,account,resource,do,product,flavour\n${events.sort().join('\n')}\n`)
  const rated = await inThisProcess(['meter', at('events.csv'), '--prices', at('prices.csv'), '--out', at('rated')])
  expect([rated.stderr, rated.code]).toEqual(['', exitCodes.done.code])
  const bills = readFileSync(at('rated/bills.csv'), 'utf8').trim().split('\n').slice(1)
  expect(bills.map((line) => line.split(',')[0]).sort()).toEqual([...names].sort())
  // Two hours of a server at 0.5 and of an image at 0.25.
  expect(bills.every((line) => line.includes('1.5'))).toBe(true)
  const invoices = `account,month,amount\n${names.map((name) => `${name},2024-03,1.5\n`).join('')}`
  writeFileSync(at('invoices.csv'), invoices)
  const logs = ['reconcile', at('events.csv'), '--prices', at('prices.csv'), '--against', at('invoices.csv')]
  expect((await inThisProcess(logs)).stdout).toMatch(/6 agree, 0 differ, 0 missing, 0 unknown/)
  writeFileSync(at('invoices.csv'), invoices.replace('__proto__,2024-03,1.5', '__proto__,2024-03,2'))
  const differing = await inThisProcess(logs)
  expect(differing.stdout).toMatch(/5 agree, 1 differ/)
  expect(differing.code).toBe(exitCodes.difference.code)
})

test.each(names)('the word %s is no command, option, figure, format, policy or thing to explain', async (name) => {
  for (const words of [
    [name],
    ['check', 'quickstart', `--${name}`, '1'],
    ['figures', name],
    ['meter', at('events.csv'), '--prices', at('prices.csv'), '--policy', `${name}=1`],
    ['sweep', 'quickstart', '--figure', name],
    ['sweep', 'quickstart', '--vary', `${name}=1,2`],
    ['load', 'quickstart', '--threshold', `latency.${name}<5ms`],
    ['check', 'quickstart', '--set', `thresholds={ "${name}": "< 1" }`],
    ['check', 'quickstart', '--set', `thresholds={ "orders.refused{${name}=1}": "< 1" }`],
  ])
    expect((await inThisProcess(words)).code, words.join(' ')).toBe(exitCodes.badInput.code)
})
