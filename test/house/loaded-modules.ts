/** Preloaded (`node --import`) it writes the path of each module that a program loads into the file LOADED_MODULES. */
import { appendFileSync } from 'node:fs'
import { registerHooks } from 'node:module'

const file = process.env.LOADED_MODULES
if (file !== undefined)
  registerHooks({
    load(url, context, nextLoad) {
      if (url.startsWith('file:')) appendFileSync(file, `${new URL(url).pathname}\n`)
      return nextLoad(url, context)
    },
  })
