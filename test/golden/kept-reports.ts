import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type goldenNames, goldenFolder } from './golden-reports.ts'

/** The files of a folder by their relative path. */
function kept(folder: string): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  )
  return new Map(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]))
}

/** Expects that the reports that were made are those that are kept, byte for byte. */
export function expectKept(name: (typeof goldenNames)[number], made: ReadonlyMap<string, string>): void {
  const expected = kept(goldenFolder(name))
  expect([...made.keys()].sort()).toEqual([...expected.keys()].sort())
  for (const [file, text] of made)
    expect(text, `${file}; \`node test/golden/record.ts\` records it again`).toBe(expected.get(file))
}
