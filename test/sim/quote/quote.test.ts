import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { answer } from '#sim/quote/answer.ts'
import { quote } from '#sim/quote/quote.ts'

const file = readFileSync(new URL('../../vectors/vectors.ndjson', import.meta.url))
const lines = file.toString().trim().split('\n')
const expected = `${lines.map((line) => answer(line)).join('\n')}\n`

async function* chunks(bytes: Buffer | string, size = bytes.length): AsyncGenerator<Buffer | string> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size)
}

async function quoted(input: AsyncIterable<Buffer | string>) {
  let text = ''
  const result = await quote(input, (piece) => {
    text += piece
  })
  return { ...result, text }
}

test('answers come in the order of the requests, wherever the input is cut', async () => {
  for (const size of [1, 2, 7, 100, 4096, file.length])
    expect(await quoted(chunks(file, size)), `${size}`).toEqual({ answered: 30, errors: 1, text: expected })
  expect((await quoted(chunks(file.toString(), 99))).text).toBe(expected)
})

test('blank lines, carriage returns, a byte order mark and a missing last line end are no requests', async () => {
  const loose = `\ufeff${lines.join('\r\n')}\r\n\n  \n\t\r\n`
  expect((await quoted(chunks(Buffer.from(loose)))).text).toBe(expected)
  expect((await quoted(chunks(Buffer.from(lines.join('\n\n'))))).text).toBe(expected)
  expect(await quoted(chunks('\n\n'))).toEqual({ answered: 0, errors: 0, text: '' })
})

test('the rest of the file is answered after bytes that are not UTF-8 and lines that are not JSON', async () => {
  const request = Buffer.from(`${lines[0]}\n`)
  const broken = Buffer.concat([
    request,
    Buffer.from([0x7b, 0xff, 0xfe, 0x0a]),
    request,
    Buffer.from('{"id":\n'),
    request,
  ])
  const { text, answered, errors } = await quoted(chunks(broken))
  const answers = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect([answered, errors]).toEqual([5, 2])
  expect(answers[1]).toEqual({ id: null, error: expect.stringMatching(/^line 2: .* not UTF-8/) })
  expect(answers[3]).toEqual({ id: null, error: expect.stringMatching(/^line 4: .* not JSON/) })
  expect([0, 2, 4].map((index) => answers[index].amount)).toEqual(['1.90000000', '1.90000000', '1.90000000'])
})

test('a line of 9 MiB is answered with an error and not kept', async () => {
  const long = async function* () {
    yield `{"id":"`
    for (let piece = 0; piece < 9 * 16; piece++) yield 'x'.repeat(65_536)
    yield `"}\n${lines[0]}\n`
  }
  const { text, answered, errors } = await quoted(long())
  expect([answered, errors]).toEqual([2, 1])
  expect(text.split('\n')[0]).toMatch(/line 1: is longer than 8388608 bytes/)
  expect(JSON.parse(text.split('\n')[1]).amount).toBe('1.90000000')
})

test('text beyond ASCII is kept', async () => {
  const request = JSON.stringify({ ...JSON.parse(lines[0]), id: 'Größe 价格 🙂' })
  const { text } = await quoted(chunks(Buffer.from(`${request}\n${request}\n${request}`), 5))
  expect(
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).id),
  ).toEqual(Array(3).fill('Größe 价格 🙂'))
})

test('no more answers are made than are taken away', async () => {
  const block = Buffer.from(`${lines[0]}\n`.repeat(5_000))
  let isTaking = false
  let largest = 0
  const result = await quote(chunks(block, 300_000), async (piece) => {
    expect(isTaking).toBe(false)
    isTaking = true
    largest = Math.max(largest, piece.length)
    await new Promise((resolve) => setImmediate(resolve))
    isTaking = false
  })
  expect(result).toEqual({ answered: 5_000, errors: 0 })
  expect(largest).toBeLessThan(80_000)
})
