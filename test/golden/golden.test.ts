import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { goldenFolder, goldenNames, goldenReports, withGoldenRun } from './golden-reports.ts'
import { sharedGoldenRun } from './shared-golden-run.ts'

/** The files of a folder by their relative path. */
function kept(folder: string): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  )
  return new Map(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]))
}

const cases = goldenNames.flatMap((name) => [1, 2].map((threads) => [name, threads] as const))

test.each(cases)('reports of %s on %i threads are those that are kept, byte for byte', async (name, threads) => {
  const expected = kept(goldenFolder(name))
  const made =
    threads === 1 ? goldenReports(await sharedGoldenRun(name)) : await withGoldenRun(name, threads, goldenReports)
  expect([...made.keys()].sort()).toEqual([...expected.keys()].sort())
  for (const [file, text] of made)
    expect(text, `${file}; \`node test/golden/record.ts\` records it again`).toBe(expected.get(file))
})
