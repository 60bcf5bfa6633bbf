import { readFileSync } from 'node:fs'

/** The version of marketsim, from its package. */
export const marketsimVersion = (): string =>
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version
