/** L-01: the seller provides after-sales support; if the seller cannot be reached, the cloud's service desk helps. */
import { expect, test } from 'vitest'
import { withMarket } from './payment-world.ts'

const buyers = `wallet: { opening: 9000 }, load: { poisson: { perBuyer: 1/d } }, buys: [{ product: app, specification: s }],
  habits: { support: { probability: 0.8, after: 2d } }`

test('L-01: a mail is answered in the seller`s working time, one after the other', async () => {
  const seller = 'support: 5h, staff: 1, workingHours: { from: "09:00", to: "17:00" }'
  await withMarket({ buyers, seller, sellerRegions: '{ r2: 1 }' }, ({ ask, rows }) => {
    expect(ask('SELECT COUNT(*) FROM support_contacts')).toBeGreaterThan(20)
    expect(ask('SELECT COUNT(*) FROM tickets')).toBe(0)
    expect(rows("SELECT DISTINCT by FROM v_support_steps WHERE event = 'answer'")).toEqual([{ by: 'seller' }])
    expect(ask('SELECT MIN(at - started) FROM support_cases')).toBe(5 * 3_600_000)
    // Who comes late in the day is answered the next.
    expect(ask('SELECT MAX(at - arrived) FROM support_cases')).toBeGreaterThan(16 * 3_600_000)
  })
})

test('L-01: a seller who cannot be reached costs a service ticket, which the desk answers', async () => {
  await withMarket(
    { buyers, seller: 'reachable: 0.5', operations: '{ region: r2, tickets: { handling: 3h } }' },
    ({ ask, rows }) => {
      expect(rows('SELECT DISTINCT about FROM v_tickets')).toEqual([{ about: 'support' }])
      expect(rows("SELECT DISTINCT by FROM v_support_steps WHERE event = 'answer' ORDER BY by")).toEqual([
        { by: 'manager' },
        { by: 'seller' },
      ])
      expect(ask("SELECT COUNT(*) FROM v_support_steps WHERE event = 'bounce'")).toBe(
        ask('SELECT COUNT(*) FROM tickets'),
      )
      expect(ask('SELECT MIN(at - started) FROM ticket_cases')).toBe(3 * 3_600_000)
    },
  )
})

test('L-01: a problem that the seller works on and cannot solve costs a service ticket too', async () => {
  const seller = 'support: 5h, staff: 9, solves: 0.5'
  await withMarket(
    { buyers, seller, operations: '{ region: r2, tickets: { handling: 3h } }', sellerRegions: '{ r2: 1 }' },
    ({ ask }) => {
      const unsolved = ask(
        "SELECT COUNT(*) FROM v_support_steps WHERE event = 'give-up' AND by = 'seller' AND to_state = 'ticketed'",
      ) as number
      expect(unsolved).toBeGreaterThan(10)
      expect(ask('SELECT COUNT(*) FROM tickets')).toBe(unsolved)
      // Each had been worked on, and was answered by the desk later.
      expect(
        ask(`SELECT COUNT(*) FROM v_support_steps g JOIN support_cases c ON c.contact_id = g.contact_id
        JOIN v_support_steps a ON a.contact_id = g.contact_id AND a.event = 'answer' AND a.by = 'manager' AND a.at > g.at
        WHERE g.event = 'give-up'`),
      ).toBeGreaterThan(10)
      expect(ask("SELECT COUNT(*) FROM v_support_steps WHERE event = 'bounce'")).toBe(0)
    },
  )
})
