/**
 * A small record made by hand through SQL, for reports: two pools, one server order, one SaaS order, a refusal, an
 * account in arrears. What it should come to can be computed on paper.
 */
import { words } from '#sim/market/words.ts'
import { RecordWriter } from './record-writer.ts'

/** 1 March 2024, 00:00 at +08:00. */
export const START = 1_709_222_400_000
export const HOUR = 3_600_000
const OFFSET = 8 * HOUR
const DAY = 24 * HOUR
export const END = START + 60 * DAY

const dayOf = (instant: number): number => Math.floor((instant + OFFSET) / DAY)

export interface FixtureText {
  /** Names a scenario may give; hostile ones must not break a report. */
  readonly name?: string
  readonly question?: string
  readonly product?: string
}

const cents = (amount: number): number => Math.round(amount * 100) * 1_000_000

function writeDimensions(writer: RecordWriter, text: FixtureText): void {
  words.forEach((word, id) => {
    writer.add('words', { id, word })
  })
  writer.add('regions', { id: 1, region: 'ap-1', name: 'Singapore' })
  writer.add('regions', { id: 2, region: 'eu-1', name: 'Dublin' })
  writer.add('zones', { id: 1, region_id: 1, zone: 'ap-1a' })
  writer.add('zones', { id: 2, region_id: 2, zone: 'eu-1a' })
  writer.add('pools', { id: 1, zone_id: 1, region_id: 1, flavour: 'c6.large', hourly: 1_200_000_000 })
  writer.add('pools', { id: 2, zone_id: 2, region_id: 2, flavour: 'c6.large', hourly: 1_350_000_000 })
  writer.add('sellers', { id: 1, segment: 'isv', number: 1, region_id: 1 })
  const product = { category: 'infrastructure', seller_id: 1, supervised: 0 }
  writer.add('products', { ...product, id: 1, product: text.product ?? 'web-stack', name: 'Web stack', kind: 'image' })
  writer.add('products', { ...product, id: 2, product: 'crm', name: 'Team CRM', kind: 'saas' })
  const specification = { attribute: '', hourly: 0, discount: '' }
  const hourly = { specification: 'standard', billing: 'pay-per-use', hourly: 500_000_000 }
  writer.add('specifications', { ...specification, id: 1, product_id: 1, ...hourly })
  writer.add('specifications', { ...specification, id: 2, product_id: 2, specification: 'seats', billing: 'monthly' })
  writer.add('plans', { id: 1, specification_id: 2, months: 1, price: '{"model":"tiered","bands":[]}' })
  writer.add('accounts', { id: 1, segment: 'start-ups', number: 1, region_id: 1, name: 'start-ups/1' })
  writer.add('accounts', { id: 2, segment: 'companies', number: 1, region_id: 2, name: 'companies/1' })
}

function writeMeta(writer: RecordWriter, text: FixtureText): void {
  const pool = { flavour: 'c6.large', capacity: 10 }
  const scenario = {
    name: text.name ?? 'fixture',
    regions: [
      { id: 'ap-1', zones: [{ id: 'ap-1a', pools: [pool], hosts: [] }] },
      { id: 'eu-1', zones: [{ id: 'eu-1a', pools: [pool], hosts: [] }] },
    ],
    catalog: [{ id: text.product ?? 'web-stack' }, { id: 'crm' }],
    buyers: [{ segment: 'start-ups' }, { segment: 'companies' }],
    thresholds: [
      {
        figure: 'reconciliation.differences',
        filter: {},
        op: '==',
        value: '0',
        unit: 'number',
        severity: 'fail',
        text: 'reconciliation.differences == 0',
      },
      {
        figure: 'ecs.refusalRate',
        filter: { pool: 'eu-1a' },
        op: '<',
        value: '0.1',
        unit: 'percent',
        severity: 'warn',
        text: 'ecs.refusalRate{pool=eu-1a} < 0.1%',
      },
    ],
  }
  const meta = {
    name: text.name ?? 'fixture',
    question: text.question ?? 'Does it add up?',
    start: START,
    end: END,
    seed: '7',
    currency: 'USD',
    currencyDecimals: 2,
    utcOffset: OFFSET,
    digest: '0123456789abcdef0123456789abcdef',
    policies: '{}',
    scenario: JSON.stringify(scenario),
  }
  for (const [key, value] of Object.entries(meta)) writer.add('meta', { key, value: String(value) })
}

/** Server order 1 of buyer 1: two servers from 31 March 12:00 for 30 hours, so that its use is in two months. */
function writeServers(writer: RecordWriter): void {
  const at = START + 30 * DAY + 12 * HOUR
  writer.fact('orders', {
    id: 1,
    at,
    account: 1,
    specification: 1,
    pool: 1,
    kind: 'purchase',
    quantity: 200_000_000,
    instances: 2,
    channel: 'search',
    interest: 1,
    rule: 'O-01',
  })
  writer.fact('order_steps', { order_id: 1, at, event: 'begin', to_state: 'pending-payment', rule: 'O-01' })
  writer.fact('order_steps', {
    order_id: 1,
    at,
    event: 'pay',
    from_state: 'pending-payment',
    to_state: 'processing',
    rule: 'O-10',
  })
  writer.fact('order_steps', {
    order_id: 1,
    at: at + 120_000,
    event: 'complete',
    from_state: 'processing',
    to_state: 'completed',
    rule: 'O-10',
  })
  for (const id of [1, 2]) {
    writer.fact('instances', {
      id,
      at,
      order_id: 1,
      account: 1,
      pool: 1,
      specification: 1,
      billing: 'pay-per-use',
      lifetime: -1,
    })
    writer.fact('instance_steps', {
      instance_id: id,
      at,
      event: 'begin',
      to_state: 'creating',
      rule: 'E-01',
      specification: 1,
    })
    writer.fact('instance_steps', {
      instance_id: id,
      at: at + 60_000 * id,
      event: 'launch',
      from_state: 'creating',
      to_state: 'running',
      rule: 'E-01',
      specification: 1,
    })
    writer.fact('instance_steps', {
      instance_id: id,
      at: at + 30 * HOUR,
      event: 'delete',
      from_state: 'running',
      to_state: 'deleted',
      rule: 'E-01',
      specification: 1,
    })
    const used = { instance_id: id, account: 1, first_hour: at, hours: 30, seconds: 3600 }
    writer.fact('usage_spans', {
      ...used,
      item: 'ecs',
      priced: 1,
      unit_price: 1_200_000_000,
      amount: cents(0.12),
      rule: 'U-01',
    })
    writer.fact('usage_spans', {
      ...used,
      item: 'image',
      priced: 1,
      unit_price: 500_000_000,
      amount: cents(0.05),
      rule: 'U-02',
    })
  }
  writer.fact('transactions', {
    id: 2,
    at: at + 2 * HOUR,
    repeats: 30,
    kind: 'usage',
    account: 1,
    hour: at,
    day: dayOf(at),
    rule: 'U-08',
  })
  writer.fact('postings', { transaction_id: 2, ledger: 'buyer-cash', owner: 1, amount: cents(0.3) })
  writer.fact('postings', { transaction_id: 2, ledger: 'buyer-receivable', owner: 1, amount: cents(0.04) })
  writer.fact('postings', { transaction_id: 2, ledger: 'cloud-resource-revenue', amount: -cents(0.24) })
  writer.fact('postings', { transaction_id: 2, ledger: 'marketplace-revenue', amount: -cents(0.1) })
  writer.fact('account_steps', {
    account: 1,
    at: at + 2 * HOUR,
    event: 'fallDue',
    from_state: 'good',
    to_state: 'grace',
    rule: 'A-01',
  })
  writer.fact('account_steps', {
    account: 1,
    at: at + 8 * HOUR,
    event: 'settle',
    from_state: 'grace',
    to_state: 'good',
    rule: 'A-05',
  })
  const [ten, four] = [10, 4].map((capacity) => ({ capacity, capacity_ms: capacity * HOUR }))
  writer.fact('pool_hours', { pool: 1, hour: START, ...ten })
  writer.fact('pool_hours', { pool: 1, hour: at, ...ten, held_ms: 2 * HOUR, peak: 2 })
  writer.fact('pool_hours', { pool: 1, hour: at + 30 * HOUR, ...ten })
  writer.fact('pool_hours', { pool: 2, hour: START, ...four, held_ms: 4 * HOUR, peak: 4, full_ms: HOUR })
  writer.fact('pool_hours', { pool: 2, hour: START + HOUR, ...four })
  writer.fact('refusals', {
    id: 1,
    at: START + 60_000,
    account: 2,
    code: 'capacity-sold-out',
    specification: 1,
    pool: 2,
    quantity: 3,
    lost: cents(0.555),
    rule: 'E-02',
  })
}

/** SaaS order 2 of buyer 2: price 90 and tax 9, paid in March. */
function writeSaas(writer: RecordWriter): void {
  const at = START + 5 * DAY
  writer.fact('orders', {
    id: 2,
    at,
    account: 2,
    specification: 2,
    kind: 'purchase',
    quantity: 1_000_000_000,
    months: 1,
    channel: 'popular',
    interest: 1,
    amount: cents(99),
    rule: 'O-01',
  })
  writer.fact('order_lines', { order_id: 2, line: 1, part: 'price', plan: 1, amount: cents(90), rule: 'P-02' })
  writer.fact('order_lines', { order_id: 2, line: 2, part: 'tax', amount: cents(9), rule: 'M-07' })
  writer.fact('order_steps', { order_id: 2, at, event: 'begin', to_state: 'pending-payment', rule: 'O-01' })
  writer.fact('order_steps', {
    order_id: 2,
    at,
    event: 'pay',
    from_state: 'pending-payment',
    to_state: 'processing',
    rule: 'O-05',
  })
  writer.fact('order_steps', {
    order_id: 2,
    at: at + 40 * 60_000,
    event: 'complete',
    from_state: 'processing',
    to_state: 'completed',
    rule: 'O-10',
  })
  writer.fact('transactions', {
    id: 1,
    at: START,
    day: dayOf(START),
    repeats: 1,
    kind: 'top-up',
    account: 2,
    rule: 'A-05',
  })
  writer.fact('postings', { transaction_id: 1, ledger: 'payment-clearing', amount: cents(250) })
  writer.fact('postings', { transaction_id: 1, ledger: 'buyer-cash', owner: 2, amount: -cents(250) })
  writer.fact('transactions', {
    id: 3,
    at,
    day: dayOf(at),
    repeats: 1,
    kind: 'payment',
    account: 2,
    order_id: 2,
    rule: 'O-05',
  })
  writer.fact('postings', { transaction_id: 3, ledger: 'buyer-cash', owner: 2, amount: cents(99) })
  writer.fact('postings', { transaction_id: 3, ledger: 'deferred-revenue', owner: 2, amount: -cents(90) })
  writer.fact('postings', { transaction_id: 3, ledger: 'tax-payable', amount: -cents(9) })
  writer.fact('subscription_steps', {
    subscription_id: 2,
    at,
    event: 'begin',
    to_state: 'active',
    rule: 'T-05',
    term_start: at,
    term_end: at + 31 * DAY,
  })
  writer.fact('bills', {
    account: 2,
    month: START,
    lines: 1,
    charges: cents(99),
    payable: cents(99),
    final: 1,
    rule: 'I-02',
  })
  writer.fact('notices', { at, account: 1, code: 'arrears-entered', rule: 'A-06' })
}

/** Writes the record to a file, again. `differences` plants what an auditor might have found. */
export function writeFixtureRecord(path: string, text: FixtureText = {}, differences = 0): void {
  const writer = new RecordWriter(path)
  writeDimensions(writer, text)
  writeMeta(writer, text)
  writeServers(writer)
  writeSaas(writer)
  const money = { unit: 'money', rule: 'U-01' }
  const usage = 2_040_000_000
  writer.add('audit_totals', {
    ...money,
    kind: 'ecs charge',
    amounts: 120,
    recorded: usage,
    audited: usage + differences,
    differences,
  })
  const lines = { kind: 'order line', amounts: 2, recorded: 9_900_000_000, audited: 9_900_000_000, differences: 0 }
  writer.add('audit_totals', { ...money, rule: 'M-03', ...lines })
  for (let index = 0; index < differences; index++) {
    const found = { kind: 'ecs charge', subject: `instance 1, hour ${index}`, at: START + 30 * DAY + index * HOUR }
    const amounts = { recorded: 12_000_000, audited: 12_000_001, text: 'one unit short' }
    writer.add('audit_differences', { ...money, ...found, ...amounts })
  }
  writer.close()
}
