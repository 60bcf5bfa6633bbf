/** O-02, E-01, E-03: what a buyer needs before a server, and its zone. */
import { expect, test } from 'vitest'
import { simulated } from '../run/inline-run.ts'
import { serverWorld } from './server-world.ts'

const refused = "SELECT code || ' ' || rule AS refusal, count(*) AS n FROM v_refusals GROUP BY 1 ORDER BY min(id)"
const wallet = 'wallet: { opening: "9000" }'

test('E-03: refused for the VPC, then the security group, then the credentials, each created once; then the order is placed', async () => {
  const network = 'network: { vpcCreation: 30min, vpcLimit: 1 }'
  const buyer = `account: { vpc: 0, securityGroup: 0, credentials: 0 }\n    ${wallet}`
  await simulated(serverWorld({ network, buyer }), ({ rows, ask, outcome }) => {
    expect(
      rows<{ refusal: string }>(refused)
        .map(({ refusal }) => refusal)
        .filter((refusal) => !refusal.startsWith('vpc-limit')),
    ).toEqual(['vpc-missing E-03', 'security-group-missing E-03', 'credentials-missing E-03'])
    const made = rows<{ steps: string }>(
      `SELECT group_concat(what || ' ' || event, ', ') AS steps FROM v_prerequisite_steps GROUP BY account`,
    )
    const once = 'vpc requested, vpc created, security-group created, credentials created'
    expect(made.map(({ steps }) => steps)).toEqual(Array(6).fill(once))
    const gap = `SELECT DISTINCT c.at - r.at FROM prerequisite_steps r JOIN prerequisite_steps c USING (account, what) WHERE r.rowid < c.rowid`
    expect(ask(gap)).toBe(30 * 60_000)
    // The demand was put off, not lost: the first order comes with the VPC.
    const firstOrders = 'SELECT min(at) AS at FROM orders GROUP BY account ORDER BY account'
    const vpcs = `SELECT max(at) AS at FROM prerequisite_steps WHERE what = (SELECT id FROM words WHERE word = 'vpc') GROUP BY account ORDER BY account`
    expect(rows(firstOrders)).toEqual(rows(vpcs))
    expect(outcome.differences).toBe(0)
  })
})

test('O-02 before O-10 and E-03: without a registered account nothing else is asked', async () => {
  const buyer = `account: { registered: 0, vpc: 0 }\n    wallet: { opening: "9000", paymentMethod: 0 }`
  await simulated(serverWorld({ buyer }), ({ rows, ask }) => {
    expect(rows<{ refusal: string }>(refused).map(({ refusal }) => refusal)).toEqual(['account-missing O-02'])
    expect(ask('SELECT count(*) FROM orders')).toBe(0)
    expect(ask('SELECT count(*) FROM prerequisite_steps')).toBe(0)
  })
})

test('E-03: a second request during the creation of the only VPC is refused with vpc-limit, and succeeds afterwards', async () => {
  const network = 'network: { vpcCreation: 6d, vpcLimit: 1 }'
  const buyer = `account: { vpc: 0 }\n    ${wallet}`
  await simulated(serverWorld({ network, buyer }), ({ ask }) => {
    const limited = ask(`SELECT count(*) FROM v_refusals WHERE code = 'vpc-limit'`)
    expect(limited).toBeGreaterThan(0)
    expect(ask(`SELECT count(*) FROM v_refusals WHERE code = 'vpc-missing'`)).toBe(limited + 6)
  })
})

test('E-01: zones by weight, even where another has room', async () => {
  await simulated(serverWorld({ buys: ', zones: { here-2: 1 }' }), ({ ask }) => {
    expect(ask('SELECT group_concat(DISTINCT pool) FROM instances')).toBe('2')
  })
  await simulated(serverWorld({ buys: ', zones: { here-1: 3, here-2: 1 }' }), ({ ask }) => {
    const share = ask('SELECT avg(pool = 1) FROM instances')
    expect(share).toBeGreaterThan(0.6)
    expect(share).toBeLessThan(0.9)
  })
})

test('E-01, E-07: servers are stopped, started and given other images in a run, and every hour of it is right', async () => {
  const buyer = `${wallet}
    habits:
      stopStart: { probability: 0.7, after: { exponential: { mean: 5h } }, pause: { exponential: { mean: 3h } } }
      switchImage: { probability: 0.7, after: { exponential: { mean: 9h } } }`
  for (const policies of ['', 'image.whenStopped: free, image.hour: rolling', 'image.key: image, image.priceAt: last'])
    await simulated(serverWorld({ policies, buyer }), ({ ask, outcome }) => {
      for (const event of ['stop', 'start', 'changeImage', 'imageChanged'])
        expect(ask(`SELECT count(*) FROM v_instance_steps WHERE event = '${event}'`), event).toBeGreaterThan(10)
      expect(outcome.differences).toBe(0)
    })
})
