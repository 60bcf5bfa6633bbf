import { describe, expect, test } from 'vitest'
import { cookieName, Guard } from '#cli/open/guard.ts'

const port = 4711
const host = `127.0.0.1:${port}`

/** A guard whose token was used, and the cookie that it gave. */
function entered(): { guard: Guard; cookie: string } {
  const guard = new Guard(port)
  const decision = guard.decide({ method: 'GET', headers: { host }, token: guard.token })
  if (!decision.allowed || decision.cookie === undefined) throw new Error('the token was refused')
  return { guard, cookie: decision.cookie.split(';')[0] }
}

describe('the first address', () => {
  test('gives a cookie that no script reads and no other site sends', () => {
    const guard = new Guard(port)
    const decision = guard.decide({ method: 'GET', headers: { host }, token: guard.token })
    expect(decision).toMatchObject({ allowed: true })
    expect(decision.allowed && decision.cookie).toMatch(
      /^marketsim-4711=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/,
    )
  })

  test('works once, and is not the cookie', () => {
    const guard = new Guard(port)
    const { token } = guard
    const first = guard.decide({ method: 'GET', headers: { host }, token })
    expect(first.allowed && first.cookie).not.toContain(token)
    expect(guard.decide({ method: 'GET', headers: { host }, token })).toMatchObject({ allowed: false, status: 401 })
    expect(guard.token).toBe('')
    expect(guard.decide({ method: 'GET', headers: { host }, token: '' })).toMatchObject({ allowed: false, status: 401 })
  })

  test('leads on where its cookie is there already', () => {
    const { guard, cookie } = entered()
    expect(guard.decide({ method: 'GET', headers: { host, cookie }, token: 'used' })).toEqual({
      allowed: true,
      cookie: '',
    })
  })
})

test.each<[string, number, Record<string, string>, string?]>([
  ['without the cookie', 401, { cookie: '' }],
  ['with the cookie of another port', 401, { cookie: `${cookieName(1)}=x` }],
  ['with another cookie', 401, { cookie: `${cookieName(port)}=guess` }],
  ['for a name that resolves to this machine', 403, { host: `evil.example:${port}` }],
  ['for another port', 403, { host: '127.0.0.1:80' }],
  ['for no host', 403, { host: '' }],
  ['from a page of another site', 403, { origin: 'https://evil.example' }],
  ['from a page without an origin', 403, { origin: 'null' }],
  ['from another port of this machine', 403, { origin: 'http://127.0.0.1:80' }],
  ['that another site navigates to', 403, { 'sec-fetch-site': 'cross-site' }],
  ['that would change something', 405, {}, 'POST'],
])('a request %s is refused with %i', (_, status, changed, method = 'GET') => {
  const { guard, cookie } = entered()
  expect(guard.decide({ method, headers: { host, cookie, ...changed }, token: undefined })).toMatchObject({
    allowed: false,
    status,
  })
})

test.each<[string, Record<string, string>, string?]>([
  ['by address', {}],
  ['by name', { host: `localhost:${port}` }],
  ['by IPv6', { host: `[::1]:${port}` }],
  ['from a page of ours', { origin: `http://${host}`, 'sec-fetch-site': 'same-origin' }],
  ['for the head only', {}, 'HEAD'],
])('a request %s with the cookie is answered', (_, changed, method = 'GET') => {
  const { guard, cookie } = entered()
  const headers = { host, cookie: `other=1; ${cookie}`, ...changed }
  expect(guard.decide({ method, headers, token: undefined })).toEqual({ allowed: true })
})
