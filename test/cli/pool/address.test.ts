/** Addresses of pools: what is read, and that no password is shown. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test } from 'vitest'
import type { InputError } from '#base/input-error.ts'
import { PASSWORD_VARIABLE, poolAddress } from '#cli/pool/address.ts'
import { withoutPassword } from '#cli/pool/pool-request.ts'
import { newFolder, removeFolders } from '../marketsim.ts'

afterAll(removeFolders)
afterEach(() => {
  delete process.env[PASSWORD_VARIABLE]
})
const none = { passwordFile: undefined, tlsCa: undefined }

test.each<[string, object]>([
  [
    'redis://queue',
    { kind: 'redis', host: 'queue', port: 6379, database: '0', tls: undefined, shown: 'redis://queue' },
  ],
  ['redis://queue:6380/2', { port: 6380, database: '2', user: undefined, password: undefined }],
  ['redis://me@[::1]:6380', { host: '::1', user: 'me' }],
  ['rediss://queue', { kind: 'redis', tls: { rejectUnauthorized: true } }],
  ['postgres://me@db/work', { kind: 'postgres', port: 5432, user: 'me', database: 'work', tls: undefined }],
  ['postgresql://db', { kind: 'postgres', database: 'postgres' }],
  ['postgres://db?sslmode=require', { tls: { rejectUnauthorized: false } }],
  ['postgres://db?sslmode=verify-full', { tls: { rejectUnauthorized: true } }],
  ['postgres://me:p%3Aw@db/work', { password: 'p:w', shown: 'postgres://me@db/work' }],
])('%s', (url, expected) => {
  expect(poolAddress(url, none)).toMatchObject(expected)
})

test('a password from a file or from the environment; the one in the URL comes first', () => {
  const passwordFile = join(newFolder(), 'secret')
  writeFileSync(passwordFile, 'from a file\n')
  process.env[PASSWORD_VARIABLE] = 'from outside'
  expect(poolAddress('redis://queue', none).password).toBe('from outside')
  expect(poolAddress('redis://queue', { ...none, passwordFile }).password).toBe('from a file')
  expect(poolAddress('redis://:here@queue', { ...none, passwordFile }).password).toBe('here')
})

test('no text of a client has the password, as it is or in the URL', () => {
  const { mask, shown } = poolAddress('postgres://me:a%20b%2Fc@db/work', none)
  expect(mask('refused: a b/c, of postgres://me:a%20b%2Fc@db/work')).toBe('refused: ***, of postgres://me:***@db/work')
  expect(shown).not.toContain('a%20b')
  const request = { ...none, url: 'redis://:hidden@queue:1' }
  expect(withoutPassword(request)).toEqual({ ...none, url: 'redis://queue:1' })
})

test.each<[string, string]>([
  ['queue:6379', "takes no URL of 'queue:'"],
  ['not a url with secret', 'is not a URL'],
  ['http://me:secret@queue', "takes no URL of 'http:'"],
  ['redis://', 'has no host'],
  ['postgres://me:secret@db?sslmode=perhaps', 'sslmode=perhaps is unknown'],
])('%s is refused without a word of the password', (url, message) => {
  const read = () => poolAddress(url, none)
  expect(read).toThrow(message)
  try {
    read()
  } catch (error) {
    const { what, hint, where = '' } = error as InputError
    expect([what, hint, where].join(' ')).not.toContain('secret')
  }
})

test('a file that is missing', () => {
  expect(() => poolAddress('redis://queue', { ...none, passwordFile: '/nowhere/secret' })).toThrow('there is no file')
  expect(() => poolAddress('rediss://queue', { ...none, tlsCa: '/nowhere/ca.pem' })).toThrow('there is no file')
})
