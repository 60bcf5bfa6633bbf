/** Errors planted into the real modules, one at a time, which the model finds. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { plant } from '../../mutants/plant.ts'
import { isShort } from '../effort.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
let copy = ''

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'marketsim-model-'))
  for (const part of ['base', 'engine', 'scenarios', 'sim', 'test', 'package.json'])
    cpSync(join(root, part), join(copy, part), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
})
afterAll(() => {
  rmSync(copy, { recursive: true })
})

const needs = 'servers: what an account needs first'
const small = 'servers: small top-ups'
const running = 'servers: running again, no grace'
const queue = 'servers: a queue'
const card = 'licenses: by card, at first declined'
const saas = 'SaaS: rejections have a cap, orders can be withdrawn'

/** What is written wrong, and the variant that shows it. */
const errors: readonly (readonly [breaks: string, variant: string, file: string, text: string, instead: string])[] = [
  [
    'E-03: the network is asked for before the room in the pool',
    needs,
    'servers/admission',
    'const entitled: readonly Rung<Servers, ServerIntent>[] = [...ofOrders, prerequisites]',
    'const entitled: readonly Rung<Servers, ServerIntent>[] = [prerequisites, ...ofOrders]',
  ],
  [
    'A-05: only who owes nothing is restored',
    small,
    'arrears/dunning',
    'balances.due.at(account) > 0n || market',
    'market',
  ],
  [
    'A-05: a top-up pays what is due first',
    needs,
    'wallets/cash',
    'balances.due.add(account, -paid)',
    'balances.due.add(account, 0n)',
  ],
  [
    'A-05: only what held a unit runs again',
    running,
    'servers/account-servers',
    "policies['unfreeze.payPerUse'] === 'running' && instances.holds[row] === 1",
    "policies['unfreeze.payPerUse'] === 'running'",
  ],
  [
    'O-10: who owes by then is not served from the queue',
    queue,
    'servers/waiting',
    "(why === 'frozen' ? freezes.isFrozen(account) : !arrears.isInGoodStanding(account))",
    "(why === 'frozen' ? freezes.isFrozen(account) : false)",
  ],
  [
    'O-13: a declined card is not charged again by itself',
    card,
    'orders/payment',
    '      market.orders.called[row] = 0\n      market.cardDeclined.emit(row)',
    '      market.cardDeclined.emit(row)\n      return',
  ],
  [
    'S-06: the buyer appeals after as many rejections as it takes',
    saas,
    'supervision/appeal-steps',
    'if (flows.buyerRejections[row] >= limit)',
    'if (flows.buyerRejections[row] > limit)',
  ],
  [
    'S-07: a frozen flow continues where it was',
    saas,
    'supervision/supervision-steps',
    'flows.frozenFrom[row] = from',
    'flows.frozenFrom[row] = 1',
  ],
  [
    'N-01: who withdraws gets everything back',
    saas,
    'supervision/withdrawal',
    "cancelSupervised(market, row, 'N-01', true)",
    "cancelSupervised(market, row, 'N-01', false)",
  ],
]

test.each(errors.filter((_, index) => !isShort || index % 3 === 0))('%s', (_, variant, file, text, instead) => {
  const takeOut = plant(copy, { file: `sim/market/${file}.ts`, text, instead, breaks: '' })
  const { status, stdout, stderr } = spawnSync(process.execPath, ['test/proofs/model/check.ts', variant], {
    cwd: copy,
    encoding: 'utf8',
  })
  takeOut()
  expect(stderr).toBe('')
  expect(status, `not found: ${stdout}`).toBe(1)
  expect(stdout).toMatch(/the market|has/)
})
