/** Notes of work under way: what is there is shown, and what is wrong is left out. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { beginNotes, note } from '#cli/live-note.ts'
import { liveNotes } from '#reports/pages/live-notes.ts'
import { pageText } from '#reports/pages/page.ts'
import { Site } from '#reports/pages/site.ts'

const folder = mkdtempSync(join(tmpdir(), 'marketsim-live-'))
afterAll(() => rmSync(folder, { recursive: true }))

function unfinished(name: string, text?: string): string {
  const path = join(folder, name, 'unfinished')
  mkdirSync(path, { recursive: true })
  if (text !== undefined) writeFileSync(join(path, 'live.json'), text)
  return path
}

const noteText = (note: object): string =>
  JSON.stringify({
    target: '/somewhere/else/night',
    began: 1,
    at: 2,
    words: ['3 %'],
    fraction: 0.03,
    rate: null,
    ...note,
  })

test('a note is found in the folder, by the folder itself, and by the name of its result', () => {
  unfinished('night.partial-1', noteText({}))
  for (const place of [folder, join(folder, 'night.partial-1'), join(folder, 'night')])
    expect(liveNotes(place)).toEqual([{ target: 'night', began: 1, at: 2, words: ['3 %'], fraction: 0.03, rate: null }])
})

test.each(['', '{', '[]', '{"target":3}', noteText({ words: 'all' }), noteText({ at: 'now' })])(
  'what is no note is left out: %s',
  (text) => {
    unfinished('wrong.partial-2', text)
    expect(liveNotes(join(folder, 'wrong'))).toEqual([])
  },
)

test('a program notes its progress now and then, and nothing after it has ended', async () => {
  const path = unfinished('mine.partial-3')
  const end = beginNotes(path, join(folder, 'mine'))
  const progress = (fraction: number) => () => ({ fraction, words: ['some'], rate: 5 })
  note(progress(0.1))
  expect(liveNotes(join(folder, 'mine'))).toEqual([])
  await expect
    .poll(() => {
      note(progress(0.5))
      return liveNotes(join(folder, 'mine'))
    })
    .toMatchObject([{ target: 'mine', fraction: 0.5, words: ['some'], rate: 5 }])
  end()
  note(() => {
    throw new Error('nothing is under way')
  })
})

test('the page shows what is under way, and names stay text', () => {
  const site = new Site(
    () => [],
    () => [{ target: '<b>x</b>', began: 1, at: 2, words: ['<i>', '3 %'], fraction: 0.03, rate: null }],
  )
  for (const path of ['/', '/live']) {
    const text = pageText(site.page(path, new URLSearchParams()))
    expect(text).toContain('&lt;b&gt;x&lt;/b&gt;')
    expect(text).toContain('&lt;i&gt; · 3 %')
    expect(text).toContain('<progress max="1" value="0.03"')
  }
})
