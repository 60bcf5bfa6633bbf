/** The pages of `compare`, `sweep`, `size`, `load`, `calibrate`, `reprice` and of evidence in a real browser, from the disk. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { copyOfSharedRun, inThisProcess, newFolder, removeFolders, short } from '../../cli/marketsim.ts'
import { capacity, sharedSweep } from '../../cli/short-sweep.ts'
import { hasProgram } from '../../house/programs.ts'
import { type Browser, expectUsable, headingsAndLandmarks, launched, listen } from './looked-at.ts'

let browser: Browser | undefined
const cwd = newFolder()
beforeAll(async () => {
  if (!hasProgram('chromium')) return
  browser = await launched()
  await copyOfSharedRun(join(cwd, 'a'))
})
afterAll(async () => {
  await browser?.close()
  removeFolders()
})

/** Two weeks of a log of two kinds of servers, the same in every run of this file. */
function log(): string {
  let state = 1
  const next = () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
  let at = Date.UTC(2024, 0, 1)
  const rows = Array.from({ length: 400 }, () => {
    at += Math.round(-Math.log(next()) * 3_600_000)
    const lifetime = Math.round(-Math.log(next()) * 72_000_000)
    return `${at},${lifetime},1,buyer-${Math.floor(next() * 20)},${next() < 0.6 ? 'c6.large' : 'c6.small'},a,image,`
  })
  return `at,lifetime,quantity,buyer,flavour,zone,product,resource\n${rows.join('\n')}\n`
}

const hour = ['end=2024-03-01T01:00:00+08:00', 'buyers.start-ups.count=1', 'buyers.companies.count=1']
const quick = ['--threads', '1', '--quiet']
const small = ['--set', `${capacity}=20`, '--set', 'policies.tax.percent=10']

/** The commands that write each page; in their folder is the run `a`. */
const pages: readonly (readonly [page: string, commands: readonly (readonly string[])[]])[] = [
  [
    'ab/compare.html',
    [
      ['run', 'quickstart', ...short, ...quick, ...small, '-o', 'b'],
      ['compare', 'a', 'b', '-o', 'ab', '-q'],
    ],
  ],
  [
    'sized/size.html',
    [
      [
        ...['size', 'quickstart', ...quick, ...hour.flatMap((set) => ['--set', set])],
        ...['--vary', `${capacity}=29..30`, '--keep', 'pool.capacity{pool=ap-1a} >= 30', '--out', 'sized'],
      ],
    ],
  ],
  [
    'loaded/load.html',
    [
      [
        ...['load', 'quickstart', ...short, ...quick, '--warm-up', '0', '--sync', 'off', '--rate', '5k/s'],
        ...['--duration', '1s', '--threshold', 'done==5000', '--out', 'loaded'],
      ],
    ],
  ],
  ['fitted/calibration.html', [['calibrate', 'log.csv', '--seeds', '2', '--out', 'fitted', '--quiet']]],
  [
    'repriced/reprice.html',
    [
      [
        ...['reprice', 'a', '--scenario', 'quickstart', '--set', 'policies.tax.percent=10'],
        ...['--out', 'repriced', '--quiet'],
      ],
    ],
  ],
  ['bill.html', [['explain', 'a', 'bill', 'start-ups/1/2024-03', '--evidence', 'bill.html', '--quiet']]],
]

async function expectPage(path: string, where: string): Promise<void> {
  const page = await (browser as Browser).newPage()
  const { said, asked } = listen(page)
  const url = pathToFileURL(path).href
  await page.goto(url)
  await expectUsable(page, where)
  expect(await headingsAndLandmarks(page), where).toEqual([])
  expect([said, asked]).toEqual([[], [url]])
  await page.close()
}

test.each(pages)('%s is usable at every width, in both themes, and asks for nothing', async (path, commands) => {
  if (browser === undefined) return
  writeFileSync(join(cwd, 'log.csv'), log())
  for (const words of commands) {
    const { code, stderr } = await inThisProcess(words, cwd)
    expect(code, stderr).toBe(0)
  }
  await expectPage(join(cwd, path), path)
})

test('sweep.html is usable at every width, in both themes, and asks for nothing', async () => {
  if (browser === undefined) return
  const { folder } = await sharedSweep()
  await expectPage(join(folder, 'whole/sweep.html'), 'sweep.html')
})
