import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { SUMMARY_VERSION } from '#reports/summary.ts'
import { RECORD_VERSION } from '#sim/record/build.ts'

/** The version of marketsim, from its package. */
export const marketsimVersion = (): string =>
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version

/** What made a run, for its manifest. */
export function versions(): Readonly<Record<string, string | number>> {
  const packageOf = (name: string): string => createRequire(import.meta.url)(`${name}/package.json`).version
  return {
    marketsim: marketsimVersion(),
    node: process.versions.node,
    'better-sqlite3': packageOf('better-sqlite3'),
    record: RECORD_VERSION,
    summary: SUMMARY_VERSION,
  }
}
