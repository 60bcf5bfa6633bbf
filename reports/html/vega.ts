/**
 * Vega and Vega-Lite, each from the one file that its package has for browsers. Under their names they are more than 300
 * modules, which take longer to load than all of marketsim; these two files take a sixth of that.
 */
import type { parse, View } from 'vega'
import type { compile } from 'vega-lite'

interface Loaded {
  vega: { readonly parse: typeof parse; readonly View: typeof View }
  vegaLite: { readonly compile: typeof compile }
}

/** A file of a package, next to the one that its name means. */
const fileOf = (name: string, file: string): string => new URL(file, import.meta.resolve(name)).href

// Each file leaves a global of its name, and the second asks for that of the first.
const globals = globalThis as Partial<Loaded>
await import(fileOf('vega', './vega.js'))
await import(fileOf('vega-lite', './vega-lite.min.js'))
export const { vega, vegaLite } = globals as Loaded
delete globals.vega
delete globals.vegaLite
