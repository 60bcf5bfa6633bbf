/** What buyers wait for: provisioning of what they paid, and what their debts do to their accounts (O-10, A-01..A-05). */
import { orderStepsOf } from '../steps/order-steps.ts'
import { type Figure, isMeasured, type Measure, monthOf, type Source, sum, word } from './figure.ts'
import { longestMeasure, meanMeasure, timeSums } from './times.ts'

/** From payment of an order to its completion. */
export const provisioningSource: Source = {
  name: 'figure_provisioning',
  labels: ['month', 'kind', 'product', 'region'],
  sql: '',
  times: (record) => orderStepsOf(record).provisioning,
}

/** Steps of accounts' standing, and how long it took from falling due to being settled. */
export const standingSource: Source = {
  name: 'figure_standing',
  labels: ['month', 'segment', 'region'],
  sql: `
SELECT ${monthOf('s.at')} AS month, b.segment, b.region, ew.word AS event,
  CASE WHEN ew.word = 'settle' THEN s.at - s.fell END AS ms, count(*) AS n FROM (
  SELECT a.*, max(CASE WHEN a.event = ${word('fallDue')} THEN a.at END)
    OVER (PARTITION BY a.account ORDER BY a.rowid) AS fell FROM account_steps a) s, run
JOIN words ew ON ew.id = s.event JOIN buyers b ON b.id = s.account
WHERE ${isMeasured('s.at')}
GROUP BY 1, 2, 3, 4, 5`,
}

/** Accounts by their standing when the run ends; an account without a step is in good standing. */
const accountsSource: Source = {
  name: 'figure_accounts',
  labels: ['segment', 'region'],
  sql: `
SELECT b.segment, b.region, coalesce(w.word, 'good') AS standing, count(*) AS n
FROM buyers b LEFT JOIN (SELECT account, to_state, max(rowid) FROM account_steps GROUP BY account) last ON last.account = b.id
LEFT JOIN words w ON w.id = last.to_state
GROUP BY 1, 2, 3`,
}

/** O-14, by reason. */
const freezesSource: Source = {
  name: 'figure_freezes',
  labels: ['month', 'code', 'segment', 'region'],
  sql: `
SELECT ${monthOf('f.at')} AS month, w.word AS code, b.segment, b.region, count(*) AS n
FROM account_freezes f, run JOIN words w ON w.id = f.reason JOIN buyers b ON b.id = f.account
WHERE ${isMeasured('f.at')} GROUP BY 1, 2, 3, 4`,
}

const subscriptionsSource: Source = {
  name: 'figure_subscriptions',
  labels: ['month', 'kind', 'product', 'segment', 'region'],
  sql: `
SELECT ${monthOf('o.at')} AS month, g.kind, g.product, b.segment, b.region, w.word AS state, ${isMeasured('o.at')} AS measured,
  count(*) AS n
FROM (SELECT subscription_id, to_state, max(rowid) FROM subscription_steps GROUP BY subscription_id) last, run
JOIN orders o ON o.id = last.subscription_id JOIN goods g ON g.id = o.specification
JOIN buyers b ON b.id = o.account JOIN words w ON w.id = last.to_state
GROUP BY 1, 2, 3, 4, 5, 6, 7`,
}

const provisioningSums = timeSums(provisioningSource)

const provisioning = (name: string, text: string, measure: Measure, source = provisioningSource): Figure => ({
  name,
  unit: 'seconds',
  text: `${text} of the time from an order's payment to its completion`,
  source,
  measure,
  by: ['kind', 'month', 'product', 'region'],
})

const standing = (name: string, text: string, event: string): Figure => ({
  name,
  unit: 'count',
  text,
  source: standingSource,
  measure: { value: sum('n', `event = '${event}'`) },
  by: ['month', 'region', 'segment'],
})

const settled = (name: string, text: string, percent: number): Figure => ({
  name,
  unit: 'hours',
  text: `${text} of the time in arrears, for accounts that cleared their debt`,
  source: {
    ...standingSource,
    name: 'figure_arrears_settled',
    needs: [standingSource],
    sql: `SELECT month, segment, region, ms, n FROM ${standingSource.name} WHERE ms IS NOT NULL`,
  },
  measure: { quantile: 'ms', percent, weight: 'n', per: 3_600_000n },
  by: ['month', 'segment'],
})

const plain = (name: string, text: string, source: Source, where: string | undefined, by: Figure['by']): Figure => ({
  name,
  unit: 'count',
  text,
  source,
  measure: { value: sum('n', where) },
  by,
})

const ofSubscription: Figure['by'] = ['kind', 'product', 'segment']

export const serviceFigures: readonly Figure[] = [
  provisioning('provisioning.mean', 'mean', meanMeasure, provisioningSums),
  provisioning('provisioning.p50', 'median', { quantile: 'ms', percent: 50, weight: 'n', per: 1_000n }),
  provisioning('provisioning.p95', '95th percentile', { quantile: 'ms', percent: 95, weight: 'n', per: 1_000n }),
  provisioning('provisioning.p99', '99th percentile', { quantile: 'ms', percent: 99, weight: 'n', per: 1_000n }),
  provisioning('provisioning.max', 'longest', longestMeasure, provisioningSums),
  standing('arrears.entered', 'falls of accounts into arrears (A-01)', 'fallDue'),
  standing('arrears.settled', 'accounts in arrears that cleared their debt (A-05)', 'settle'),
  standing('arrears.suspended', 'suspensions of accounts at the end of grace (A-03)', 'graceEnds'),
  standing('arrears.released', 'releases of accounts at the end of retention (A-03)', 'retentionEnds'),
  settled('arrears.hoursP50', 'median', 50),
  settled('arrears.hoursP95', '95th percentile', 95),
  plain('accounts.count', 'buyers', accountsSource, undefined, ['region', 'segment']),
  plain('accounts.inArrears', 'buyers in arrears at the end of the run (A-01)', accountsSource, `standing <> 'good'`, [
    'region',
    'segment',
  ]),
  plain(
    'accounts.frozen',
    'freezes of accounts, for a violation or for legal reasons (O-14)',
    freezesSource,
    undefined,
    ['code', 'month', 'region', 'segment'],
  ),
  plain(
    'subscriptions.begun',
    'yearly/monthly subscriptions that started',
    subscriptionsSource,
    'measured = 1',
    ofSubscription,
  ),
  plain(
    'subscriptions.active',
    'subscriptions in term at the end of the run',
    subscriptionsSource,
    `state = 'active'`,
    ofSubscription,
  ),
]
