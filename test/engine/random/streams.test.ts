import { hash } from 'node:crypto'
import seedrandom from 'seedrandom'
import { expect, test } from 'vitest'
import { Streams, streamWords } from '#engine/random/streams.ts'

test('a stream draws what seedrandom’s alea draws as double() from the same state', () => {
  for (const path of ['a', 'buyer/1742/arrivals', 'größe/Ω']) {
    const [s0, s1, s2, c] = streamWords('42', 3, path)
    const state = { s0: s0 * 2 ** -32, s1: s1 * 2 ** -32, s2: s2 * 2 ** -32, c }
    const peer = seedrandom.alea('', { state } as unknown as { state: seedrandom.State.Alea })
    const stream = new Streams('42', 3).stream(path)
    for (let i = 0; i < 10_000; i++) expect(stream.next()).toBe(peer.double())
  }
})

test('after a new seed streams begin again from it, those of a snapshot too, and those that are kept continue', () => {
  const drawn = (streams: Streams, path: string) => [0, 0].map(() => streams.stream(path).next())
  const streams = new Streams('42')
  const usual = drawn(streams, 'a')
  const kept = streams.stream('kept/x')
  const unchanged = new Streams('42').stream('kept/x')
  expect(kept.next()).toBe(unchanged.next())
  streams.reseed('42', (path) => path.startsWith('kept/'))
  expect(kept.next()).toBe(unchanged.next())
  const saved = streams.save()
  const future = drawn(streams, 'a')
  expect(future).not.toEqual(usual)
  const restored = new Streams('42')
  restored.restore(saved)
  expect(drawn(restored, 'a')).toEqual(future)
  expect(drawn(restored, 'later')).toEqual(drawn(streams, 'later'))
  expect(restored.fresh('order').next()).toBe(streams.fresh('order').next())
  expect(restored.fresh('order').next()).not.toBe(new Streams('42').fresh('order').next())
})

test('the state is the first 16 bytes of the SHA-256 of seed, replication and path', () => {
  const bytes = hash('sha256', '2:42/3/6:demand', 'buffer')
  expect(streamWords('42', 3, 'demand')).toEqual([
    bytes.readUInt32BE(0),
    bytes.readUInt32BE(4),
    bytes.readUInt32BE(8),
    1 + (bytes.readUInt32BE(12) % 2091637),
  ])
})

test('among half a million streams as many pairs share a state word as chance gives', () => {
  // Of m values drawn from n, m (m - 1) / 2 / n pairs are equal on average, Poisson: 29.1 for half a million words of 32 bits.
  const streams = 500_000
  const seen = [0, 1, 2].map(() => new Uint32Array(streams))
  for (let i = 0; i < streams; i++) {
    const words = streamWords('42', 0, `buyer/${i}/arrivals`)
    for (let word = 0; word < 3; word++) seen[word][i] = words[word]
  }
  for (const words of seen) {
    words.sort()
    let pairs = 0
    for (let i = 1; i < streams; i++) if (words[i] === words[i - 1]) pairs++
    expect(pairs).toBeGreaterThan(29.1 - 4 * 5.4)
    expect(pairs).toBeLessThan(29.1 + 4 * 5.4)
  }
})

test('the first draws of each path are fixed for good', () => {
  const streams = new Streams('1')
  const first = (path: string) => [0, 0, 0].map(() => streams.stream(path).next())
  expect({
    demand: first('demand'),
    'buyer/1/arrivals': first('buyer/1/arrivals'),
    'buyer/2/arrivals': first('buyer/2/arrivals'),
  }).toMatchInlineSnapshot(`
    {
      "buyer/1/arrivals": [
        0.5493503822466144,
        0.9908182175560396,
        0.4995477541875569,
      ],
      "buyer/2/arrivals": [
        0.3848826173860188,
        0.2995295106649273,
        0.47814870476865845,
      ],
      "demand": [
        0.3152754597096431,
        0.37352597165088897,
        0.9533971409522772,
      ],
    }
  `)
  expect(new Streams('1', 1).stream('demand').next()).toMatchInlineSnapshot(`0.8815037471002162`)
  expect(new Streams('2').stream('demand').next()).toMatchInlineSnapshot(`0.39764191816208194`)
})

test('draws are in [0, 1), use all 53 bits, and below(n) reaches 0 to n - 1', () => {
  const stream = new Streams('bits').stream('x')
  let odd = 0
  for (let i = 0; i < 100_000; i++) {
    const u = stream.next()
    expect(u >= 0 && u < 1).toBe(true)
    odd += (u * 2 ** 53) % 2
  }
  expect(Math.abs(odd - 50_000)).toBeLessThan(1000)
  const seen = new Set<number>()
  for (let i = 0; i < 1000; i++) seen.add(stream.below(6))
  expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5])
  expect(stream.below(1)).toBe(0)
})

test('a stream asked for, or drawn from, moves no other (common random numbers)', () => {
  const alone = new Streams('9').stream('buyer/7/arrivals')
  const crowd = new Streams('9')
  const among = crowd.stream('buyer/7/arrivals')
  for (let i = 0; i < 3000; i++) {
    crowd.stream(`buyer/${i}/lifetimes`).next()
    expect(among.next()).toBe(alone.next())
  }
  expect(crowd.stream('buyer/7/arrivals')).toBe(among)
  expect(crowd.size).toBe(3001)
})

test('a restored set of streams continues bit for bit, through structured clone and in place', () => {
  const streams = new Streams('7', 2)
  const paths = Array.from({ length: 2500 }, (_, i) => `buyer/${i}`)
  paths.forEach((path, i) => {
    const stream = streams.stream(path)
    for (let n = 0; n < i % 5; n++) stream.next()
  })
  const state = structuredClone(streams.save())
  expect(state.words.length).toBe(4 * 2500)
  const expected = paths.map((path) => streams.stream(path).next())
  const late = streams.stream('late')
  const lateFirst = late.next()

  const elsewhere = new Streams('7', 2)
  elsewhere.restore(state)
  expect(paths.map((path) => elsewhere.stream(path).next())).toEqual(expected)
  expect(elsewhere.stream('late').next()).toBe(lateFirst)

  const held = streams.stream('buyer/3')
  streams.restore(state)
  expect(held.next()).toBe(expected[3])
  expect(late.next()).toBe(lateFirst)
})

test('saving twice gives the same bytes, and an empty set can be saved', () => {
  const streams = new Streams('7')
  expect(streams.save()).toEqual({ seed: '7', replication: 0, paths: '', words: new Uint32Array(0) })
  new Streams('7').restore(streams.save())
  streams.stream('a').next()
  expect(streams.save()).toEqual(streams.save())
})

test.each([
  ['an empty path', () => new Streams('1').stream(''), 'stream path "": give a name of one line that is not empty'],
  ['a path of two lines', () => new Streams('1').stream('a\nb'), 'stream path "a\\nb"'],
  ['a broken replication', () => new Streams('1', -1), 'replication -1: give a whole number from 0 upwards'],
  ['a snapshot of another seed', () => new Streams('1').restore(new Streams('2').save()), "seed '2', replication 0"],
])('%s is refused with a hint how to fix it', (_, act, message) => {
  expect(act).toThrow(message)
})
