/** S-02, S-05, S-11, N-01: requests, reasons, application information and the way back before completion. */
import { expect, test } from 'vitest'
import { ScenarioErrors } from '#scenarios/errors.ts'
import { parseScenario } from '#scenarios/reader.ts'
import { scenarioText, units, withMarket } from './payment-world.ts'

const catalog = `
  - { id: crm, kind: saas, supervised: true, requestTemplate: true, seller: isv/1, category: c, specifications: [{ id: s, billing: monthly, plans: [{ months: 1, price: "31" }] }] }
  - { id: help, kind: professional-service, seller: isv/1, category: c, specifications: [{ id: s, billing: one-off, price: "50" }] }
  - { id: app, kind: saas, seller: isv/1, category: c, specifications: [{ id: s, billing: monthly, plans: [{ months: 1, price: "10" }] }] }`
const buys = `wallet: { opening: 9000 }, load: { poisson: { perBuyer: 1/d } },
  buys: [{ product: crm, specification: s }, { product: help, specification: s }, { product: app, specification: s }]`
const buyers = (supervision: string, more = '') =>
  `${buys}, habits: { supervision: { request: 2h, acceptance: 5h, ${supervision} } ${more} }`

test('S-02: requests for a SaaS fill in its template, those for a service may have an attachment', async () => {
  await withMarket(
    { buyers: buyers('attachment: 0.5'), catalog, seller: 'response: 5h, staff: 50, rejectRequest: 0.3' },
    ({ rows, ask }) => {
      expect(
        rows(`SELECT p.product, r.template, r.attachment, COUNT(*) > 3 AS some FROM supervision_requests r JOIN orders o ON o.id = r.order_id
        JOIN specifications s ON s.id = o.specification JOIN products p ON p.id = s.product_id GROUP BY 1, 2, 3 ORDER BY 1`),
      ).toEqual([
        { product: 'crm', template: 1, attachment: 0, some: 1 },
        { product: 'help', template: 0, attachment: 1, some: 1 },
      ])
      // Each time it is submitted, after a rejection again.
      expect(
        ask('SELECT MAX(n) FROM (SELECT COUNT(*) AS n FROM supervision_requests WHERE template GROUP BY order_id)'),
      ).toBeGreaterThan(1)
    },
  )
})

test('S-02: a template is for the requests of a supervised SaaS only', () => {
  const text = scenarioText({
    buyers: buys,
    catalog: catalog.replace('id: app, kind: saas,', 'id: app, kind: saas, requestTemplate: true,'),
  })
  expect(() => parseScenario(text, 'x.yaml')).toThrow(ScenarioErrors)
})

test('S-05: a rejection has a reason, which is kept and counted', async () => {
  const reasons = 'reject: 0.6, reasons: { not-delivered: 1, incomplete: 3 }'
  await withMarket({ buyers: buyers(reasons), catalog, seller: 'response: 5h, staff: 50' }, ({ rows, ask }) => {
    const counted = rows(
      "SELECT reason, COUNT(*) AS n FROM v_product_rejections WHERE rule = 'S-05' GROUP BY 1 ORDER BY 1",
    )
    expect(counted.map(({ reason }) => reason)).toEqual(['incomplete', 'not-delivered'])
    expect(Number(counted[0].n)).toBeGreaterThan(Number(counted[1].n))
    expect(ask("SELECT COUNT(*) FROM v_supervision_steps WHERE event = 'reject-product'")).toBe(
      Number(counted[0].n) + Number(counted[1].n),
    )
  })
})

test('S-11: application information is shown under supervision from delivery on, else immediately; passwords are masked', async () => {
  await withMarket(
    { buyers: buyers('reject: 0.3'), catalog, seller: 'response: 5h, staff: 50, provisioning: 1h' },
    ({ rows, ask }) => {
      expect(rows('SELECT DISTINCT product, page FROM application_information ORDER BY 1, 2')).toEqual([
        { product: 'app', page: 'purchased-apps' },
        { product: 'crm', page: 'purchased-apps' },
        { product: 'crm', page: 'service-supervision' },
      ])
      const supervised = `application_information i JOIN supervision_steps s ON s.order_id = i.order_id JOIN words w ON w.id = s.event`
      expect(
        ask(
          `SELECT COUNT(*) FROM ${supervised} AND i.page = 'service-supervision' AND w.word = 'deliver' AND i.since > s.at`,
        ),
      ).toBe(0)
      // Five hours or more before it is accepted, eight before it is among the purchased apps.
      expect(
        ask(`SELECT MIN(b.since - a.since) FROM application_information a JOIN application_information b ON b.order_id = a.order_id
        AND a.page = 'service-supervision' AND b.page = 'purchased-apps'`),
      ).toBe(8 * 3_600_000)
      expect(rows('SELECT DISTINCT password FROM application_information')).toEqual([{ password: '********' }])
    },
  )
})

const withdraw = 'withdraw: { probability: 1, after: 9h }'

test('N-01: before completion nothing can be unsubscribed, or by unsubscribe.beforeCompletion all of it is refunded', async () => {
  const seller = 'response: 1d, staff: 50'
  await withMarket({ buyers: buyers(withdraw), catalog, seller }, ({ ask }) => {
    expect(ask("SELECT COUNT(*) FROM v_refusals WHERE code = 'not-refundable' AND rule = 'N-01'")).toBeGreaterThan(20)
    expect(ask("SELECT COUNT(*) FROM v_transactions WHERE kind = 'refund'")).toBe(0)
  })
  const policies = '{ unsubscribe.beforeCompletion: full-refund, tax.percent: "10" }'
  await withMarket({ buyers: buyers(withdraw), catalog, seller, policies }, ({ ask, rows }) => {
    const withdrawn = ask(
      "SELECT COUNT(*) FROM v_supervision_steps WHERE event = 'withdraw' AND by = 'buyer' AND rule = 'N-01'",
    )
    expect(withdrawn).toBeGreaterThan(20)
    expect(ask("SELECT COUNT(*) FROM v_transactions WHERE kind = 'refund' AND rule = 'N-01'")).toBe(withdrawn)
    expect(rows('SELECT DISTINCT amount FROM credit_notes ORDER BY 1').map(({ amount }) => amount)).toEqual([
      units(34.1),
      units(55),
    ])
    expect(ask("SELECT COUNT(*) FROM v_refusals WHERE code = 'not-refundable'")).toBe(0)
  })
})

test('N-01, N-02: an invoiced service is not refunded before its invoice is returned', async () => {
  const policies = '{ unsubscribe.beforeCompletion: full-refund, invoice.issueDelay: 1h }'
  const invoiced = buyers(withdraw, ', invoicing: { probability: 1, after: 1h }')
  await withMarket({ buyers: invoiced, catalog, policies, seller: 'response: 2d, staff: 50' }, ({ ask }) => {
    expect(ask("SELECT COUNT(*) FROM v_refusals WHERE code = 'invoice-outstanding' AND rule = 'N-02'")).toBeGreaterThan(
      5,
    )
  })
})
