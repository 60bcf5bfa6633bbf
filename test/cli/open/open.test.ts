/** `marketsim open` as a person starts it. */
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { exitCodes } from '#cli/exit-codes.ts'
import { inThisProcess, marketsim, newFolder, removeFolders, sharedRun } from '../marketsim.ts'

afterAll(removeFolders)

/** Starts it on the shared run, hands over what it printed once it listens, and waits for its end. */
async function opened(
  words: readonly string[],
  use: (address: string, stop: (signal: NodeJS.Signals) => void) => Promise<void>,
) {
  const { folder } = await sharedRun()
  let used: Promise<void> | undefined
  const ended = await marketsim(['open', join(folder, 'runs/quickstart-42'), '--no-browser', ...words], {
    cwd: folder,
    started(child) {
      child.stdout?.on('data', (text: string) => {
        used ??= use(String(text).trim(), (signal) => child.kill(signal))
      })
    },
  })
  await used
  return ended
}

test('the address works once; the pages need its cookie, have no inline script, and end with the terminal', async () => {
  const ended = await opened([], async (address, stop) => {
    const { origin } = new URL(address)
    expect(new URL(address).hostname).toBe('127.0.0.1')
    expect((await fetch(`${origin}/`)).status).toBe(401)
    const first = await fetch(address, { redirect: 'manual' })
    const cookie = (first.headers.get('set-cookie') ?? '').split(';')[0]
    expect([first.status, (await fetch(address)).status]).toEqual([200, 401])
    const get = (path: string, method = 'GET') => fetch(`${origin}${path}`, { method, headers: { cookie } })
    const page = await get('/')
    const policy = page.headers.get('content-security-policy') ?? ''
    expect(page.status).toBe(200)
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'")
    expect(policy).not.toContain('unsafe')
    expect([page.headers.get('x-content-type-options'), page.headers.get('cache-control')]).toEqual([
      'nosniff',
      'no-store',
    ])
    const text = await page.text()
    expect(text).not.toMatch(/<style|<script(?! src="\/assets)| style="| on\w+="/)
    const status = async (path: string, method?: string) => (await get(path, method)).status
    expect(await status('/assets/style.css')).toBe(200)
    expect(await status('/run/quickstart-42/bills')).toBe(200)
    expect(await status('/run/quickstart-42/report')).toBe(200)
    expect(await status('/run/quickstart-42/bills', 'POST')).toBe(405)
    expect(await status('/run/other')).toBe(404)
    expect(await status('/run/quickstart-42/table/..%2F..%2Fmanifest')).toBe(404)
    expect(await status('/run/%E0%A4%A/x')).toBe(400)
    const events = await get('/live/events')
    expect(events.headers.get('content-type')).toBe('text/event-stream')
    const { value } = (await events.body?.getReader().read()) ?? {}
    expect(Buffer.from(value ?? []).toString()).toBe('data: []\n\n')
    stop('SIGTERM')
  })
  expect(ended.code).toBe(exitCodes.done.code)
  expect(ended.stderr).toContain('works once')
  expect(ended.stderr).not.toContain('token')
})

test('it ends by itself after idling', async () => {
  const ended = await opened(['--idle', '1s', '--json'], async (line) => {
    expect(JSON.parse(line).address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}$/)
  })
  expect(ended.code).toBe(exitCodes.done.code)
  expect(ended.stderr).toContain('ended: no request')
})

test.each([
  [['open'], 'open needs a run folder'],
  [['open', '.'], 'this folder has no complete run'],
  [['open', '.', '--idle', 'soon'], '--idle must be a duration'],
  [['open', '.', '--idle', '5ms'], '--idle must be a duration'],
])('%j is refused with a hint', async (words, message) => {
  const { code, stderr } = await inThisProcess(words, newFolder())
  expect(code).toBe(exitCodes.badInput.code)
  expect(stderr).toContain(message)
  expect(stderr).toContain('hint: ')
})
