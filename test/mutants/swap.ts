/**
 * Preloaded (`node --import`): puts a mutant into the one module that it is of while that is read, in each thread of the process.
 * The tree itself stays as it is. `MARKETSIM_MUTANT`: a `Change` as JSON; nothing without it.
 */
import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'
import { type Change, changed } from './draw.ts'

const said = process.env.MARKETSIM_MUTANT

if (said !== undefined) {
  const change = JSON.parse(said) as Change
  const url = new URL(`../../${change.file}`, import.meta.url).href
  registerHooks({
    load: (asked, context, next) =>
      asked === url
        ? {
            format: 'module-typescript',
            source: changed(readFileSync(fileURLToPath(url), 'utf8'), change),
            shortCircuit: true,
          }
        : next(asked, context),
  })
}
