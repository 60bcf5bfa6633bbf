/** C-06: search, category, popular, favourites, and what is looked for in vain. */
import { expect, test } from 'vitest'
import { digestOfText, simulated } from './inline-run.ts'

const shop = (channels: string, more = '', habits = '{}') => `
name: channels
question: By which way is a product found?
start: 2024-03-04T00:00:00+08:00
duration: 20d
regions:
  - { id: home, zones: [{ id: h1, pools: [{ flavour: s, capacity: 1, hourly: 1 }] }] }
  - { id: away, zones: [{ id: a1, pools: [{ flavour: s, capacity: 1, hourly: 1 }] }] }
sellers: [{ segment: isv }]
catalog:
${['crm', 'mail', 'wiki', 'chat']
  .map(
    (id, index) => `  - id: ${id}
    kind: saas
    seller: isv/1
    category: ${index < 2 ? 'sales' : 'office'}
    popular: ${id === 'mail' || id === 'chat'}
    specifications: [{ id: seat, billing: monthly, plans: [{ months: 1, price: { model: linear, unit: 1 } }] }]`,
  )
  .join('\n')}
buyers:
  - segment: people
    count: 40
    wallet: { opening: 100000 }
    load: { poisson: { total: 40/d } }
    channels: ${channels}
    buys: [{ product: crm, specification: seat, weight: 4 }, { product: mail, specification: seat, weight: 3 }, { product: wiki, specification: seat, weight: 2 }, { product: chat, specification: seat }]
    habits: ${habits}
    ${more}
`

const byChannel = 'SELECT channel, COUNT(*) AS n FROM v_orders GROUP BY channel ORDER BY channel'

test('C-06: channels by weight; among popular applications only those so marked, by their weights', () =>
  simulated(shop('{ search: 2, category: 1, popular: 1 }'), ({ outcome, rows, ask }) => {
    expect(outcome.differences).toBe(0)
    const counts = Object.fromEntries(
      rows<{ channel: string; n: number }>(byChannel).map(({ channel, n }) => [channel, n]),
    )
    const all: number = ask('SELECT COUNT(*) FROM orders')
    for (const [channel, share] of Object.entries({ search: 0.5, category: 0.25, popular: 0.25 }))
      expect(Math.abs(counts[channel] - all * share)).toBeLessThan(4.5 * Math.sqrt(all * share * (1 - share)))
    const popular = rows<{ product: string; n: number }>(`SELECT p.product, COUNT(*) AS n FROM v_orders o
      JOIN specifications s ON s.id = o.specification JOIN products p ON p.id = s.product_id
      WHERE channel = 'popular' GROUP BY p.product ORDER BY 1`)
    expect(popular.map(({ product }) => product)).toEqual(['chat', 'mail'])
    expect(Math.abs(popular[1].n - counts.popular * 0.75)).toBeLessThan(4.5 * Math.sqrt(counts.popular * 0.1875))
  }))

test('C-06: favourites lead to what was saved before, and to a search while there are none', () =>
  simulated(shop('{ search: 0, favourites: 1 }', '', '{ favourites: 0.4 }'), ({ outcome, rows, ask }) => {
    expect(outcome.differences).toBe(0)
    const first = rows<{ account: number; channel: string }>(
      'SELECT account, channel FROM v_orders GROUP BY account HAVING MIN(id)',
    )
    expect(new Set(first.map(({ channel }) => channel))).toEqual(new Set(['search']))
    // Once something is saved, everything is bought from there.
    expect(
      ask(`SELECT COUNT(*) FROM v_orders o JOIN orders r ON r.id = o.id WHERE (o.channel = 'favourites') <>
        EXISTS (SELECT 1 FROM favourites f WHERE f.account = o.account AND f.at < r.at)`),
    ).toBe(0)
    expect(ask('SELECT COUNT(*) FROM favourites')).toBe(40)
  }))

test('a habit of never saving draws nothing and saves nothing', () =>
  simulated(shop('{ search: 1, favourites: 1 }'), ({ rows, ask }) => {
    expect(ask('SELECT COUNT(*) FROM favourites')).toBe(0)
    expect(rows<{ channel: string }>(byChannel).map(({ channel }) => channel)).toEqual(['search'])
  }))

test('C-06: visits that find nothing are counted by category, and some of them are mailed', () =>
  simulated(
    shop('{ search: 1 }', 'unmet: { probability: 0.3, categories: { games: 3, office: 1 }, mails: 0.4 }'),
    ({ outcome, rows, ask }) => {
      expect(outcome.differences).toBe(0)
      const unmet: number = ask('SELECT COUNT(*) FROM unmet_demand')
      const visits = unmet + ask<number>('SELECT COUNT(*) FROM orders')
      expect(Math.abs(unmet - visits * 0.3)).toBeLessThan(4.5 * Math.sqrt(visits * 0.21))
      const [games, office] = rows<{ category: string; n: number; mailed: number }>(`SELECT c.category, COUNT(*) AS n,
        SUM(u.mailed) AS mailed FROM unmet_demand u JOIN categories c ON c.id = u.category GROUP BY c.category ORDER BY 1`)
      expect([games.category, office.category]).toEqual(['games', 'office'])
      expect(Math.abs(games.n - unmet * 0.75)).toBeLessThan(4.5 * Math.sqrt(unmet * 0.1875))
      expect(Math.abs(games.mailed + office.mailed - unmet * 0.4)).toBeLessThan(4.5 * Math.sqrt(unmet * 0.24))
    },
  ))

test('channels have one history on 1 and 2 threads', async () => {
  const text = shop(
    '{ search: 1, category: 1, popular: 1, favourites: 1 }',
    'unmet: { probability: 0.1, categories: { games: 1 } }',
    '{ favourites: 0.1 }',
  ).replace('duration: 20d', 'duration: 4d')
  expect(await digestOfText(text, 2)).toBe(await digestOfText(text, 1))
})
