import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { checkName, findBase } from '../../../bench/compare/base.ts'
import { measure } from '../../../bench/compare/measure.ts'
import { plant, plants } from '../../../bench/compare/plants.ts'
import { commitOf, root, treeIn } from '../../../bench/compare/trees.ts'
import { Workshop } from '../../../bench/compare/workshop.ts'
import { signalledAt } from '../../cli/moments.ts'

const scratch = mkdtempSync(join(tmpdir(), 'marketsim-test-'))
afterAll(() => rmSync(scratch, { recursive: true }))

test('two trees play a work in turn, a different result is detected, and nothing stays', async () => {
  const shop = new Workshop()
  try {
    const trees = { base: treeIn(shop, 'base'), tree: treeIn(shop, 'tree') }
    const file = 'sim/billing/metering/rating.ts'
    plant(
      trees.tree.folder,
      {
        work: 'rating',
        others: [],
        file,
        edit: () => ['Math.floor(product / DIVISOR)', 'Math.ceil(product / DIVISOR)'],
      },
      1,
    )
    const pieces = ['price/linear', 'rating', 'no-such-work'].map((work) => ({ work, size: 100 }))
    const { works, alone } = await measure(
      shop,
      trees,
      pieces,
      { ends: Infinity, time: 1, rounds: 1 },
      (works) => works.map(() => true),
      () => {},
    )
    expect(works.map(({ work, isOneAnswer }) => [work, isOneAnswer])).toEqual([
      ['price/linear', true],
      ['rating', false],
    ])
    expect(alone).toEqual(['no-such-work'])
    const [{ rounds, digests }] = works
    expect(rounds).toHaveLength(1)
    expect(rounds[0].base).toHaveLength(rounds[0].tree.length)
    expect(rounds[0].base.every((us) => us >= 0)).toBe(true)
    expect(digests.base).toMatch(/^[0-9a-f]{8}$/)
  } finally {
    await shop.remove()
  }
  expect(existsSync(shop.folder)).toBe(false)
})

test.each(plants.map((each) => [each.work, each] as const))(
  'the slow-down of %s finds its place in the sources',
  async (_work, seed) => {
    const shop = new Workshop()
    try {
      const { folder } = treeIn(shop, 'tree')
      plant(folder, seed, 0.1)
      expect(readFileSync(join(folder, seed.file), 'utf8')).not.toBe(readFileSync(join(root, seed.file), 'utf8'))
      expect(() => plant(folder, { ...seed, edit: () => ['no such text', ''] }, 0.1)).toThrow(
        'the place of the plant is not there once',
      )
    } finally {
      await shop.remove()
    }
  },
)

test('a comparison that is ended leaves nothing behind', async () => {
  const words = [join(root, 'bench/prove-compare.ts'), '--short']
  const child = spawn(process.execPath, words, {
    // While the folder is new, which is when a late handler would miss the signal.
    env: { ...process.env, TMPDIR: scratch, ...signalledAt({ path: /marketsim-bench-\w+$/ }, 'SIGTERM') },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [code] = await once(child, 'close')
  expect(code).toBe(143)
  expect(readdirSync(scratch).filter((name) => name.startsWith('marketsim-bench-'))).toEqual([])
})

test('a name that neither a base nor a commit has is refused with what git says', () => {
  expect(commitOf('no-such-name').commit).toBe(null)
  expect(() => findBase('no-such-name')).toThrow(
    /^--compare no-such-name: no base of that name is saved \(.+\), and git knows no such commit: fatal: /,
  )
})

test.each(['../up', '', '.hidden', 'a/b', 'with space'])("'%s' is not a name to save as", (name) => {
  expect(() => checkName(name)).toThrow('a name has letters')
})
