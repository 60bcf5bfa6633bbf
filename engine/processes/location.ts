import { Session } from 'node:inspector'

/** Where a process is: `customer, bank.ts:14`; parts that cannot be had are left out. */
export function describeGenerator(generator: object): string {
  try {
    return joined(inspectGenerator(generator))
  } catch {
    // A debugger is not to be had (a build without it, or one that is attached already): the message does without.
    return ''
  }
}

/** The place of the first line of a stack outside the engine: `bank.ts:14`, or nothing. */
export function placeOf(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  for (const line of stack.split('\n').slice(1)) {
    const [, path, number] = line.match(/\(?([^\s()]+):(\d+):\d+\)?$/) ?? []
    if (path && !path.startsWith('node:') && !path.startsWith(engine) && !path.startsWith(enginePath)) {
      return `${baseName(path)}:${number}`
    }
  }
  return ''
}

const engine = new URL('..', import.meta.url).href
const enginePath = new URL('..', import.meta.url).pathname
const KEY = 'marketsim.generator'

type Place = { name: string; path: string; line: number }

/** JavaScript keeps the place of a generator to itself; the debugger knows it. */
function inspectGenerator(generator: object): Place {
  const place: Place = { name: '', path: '', line: 0 }
  const scripts = new Map<string, string>()
  const registry = globalThis as unknown as Record<symbol, unknown>
  const session = new Session()
  session.connect()
  registry[Symbol.for(KEY)] = generator
  try {
    session.on('Debugger.scriptParsed', ({ params }) => void scripts.set(params.scriptId, params.url))
    session.post('Debugger.enable')
    session.post('Runtime.evaluate', { expression: `globalThis[Symbol.for('${KEY}')]` }, (_, evaluated) => {
      const objectId = evaluated?.result.objectId
      if (objectId === undefined) return
      session.post('Runtime.getProperties', { objectId, ownProperties: true }, (_, properties) => {
        for (const { name, value } of properties?.internalProperties ?? []) {
          if (name === '[[GeneratorFunction]]') place.name = value?.description?.match(/\*\s*([\w$]+)/)?.[1] ?? ''
          if (name === '[[GeneratorLocation]]') {
            const location = value?.value as { scriptId: string; lineNumber: number }
            place.path = scripts.get(location.scriptId) ?? ''
            place.line = location.lineNumber + 1
          }
        }
      })
    })
  } finally {
    delete registry[Symbol.for(KEY)]
    session.disconnect()
  }
  return place
}

function joined({ name, path, line }: Place): string {
  return [name, path === '' ? '' : `${baseName(path)}:${line}`].filter((part) => part !== '').join(', ')
}

/** The name of a file; without the query that tools append to the address of a module. */
function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\?.*$/, '')
}
