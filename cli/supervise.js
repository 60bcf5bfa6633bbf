// Runs the program in a process of its own and watches over it. Plain JavaScript for every Node since 18.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readdirSync, rmdirSync, rmSync, writeSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/**
 * What keeps the memory of a long run down without costing time (measured: docs/performance.md). The C library gives arrays
 * from this size on, bytes, back to the system as soon as they are freed, and shares its free memory between threads;
 * other C libraries ignore both settings. V8 keeps less room for new objects in each of its threads, and can be told when
 * large columns are no longer used (`base/free-memory.ts`).
 */
const MEMORY_ENVIRONMENT = { MALLOC_MMAP_THRESHOLD_: '131072', MALLOC_ARENA_MAX: '2' }
const ROOM_FLAG = '--max-semi-space-size=16'
const MEMORY_FLAG = '--expose-gc'

/** Environment and options of Node for a process that simulates; what the user has set stays. */
export const memorySettings = (environment) => ({
  env: { ...MEMORY_ENVIRONMENT, ...environment },
  flags: /semi[-_]space/.test(environment.NODE_OPTIONS ?? '') ? [MEMORY_FLAG] : [ROOM_FLAG, MEMORY_FLAG],
})

/** How long a stopped program has to end by itself, ms: whatever it is doing, the command ends within a second. */
const GRACE_MS = 700
/** The exit code of a full disk or too little memory, as in `exit-codes.ts`. */
const MACHINE_FAILED = 74
const MEMORY = '\n  hint: use fewer threads or a smaller scenario, or give the machine more memory\n'
const stops = ['SIGINT', 'SIGTERM', 'SIGHUP']
const codeOf = (signal) => 128 + (constants.signals[signal] ?? 0)

/**
 * Runs the program in a process of its own and ends with its exit code. JavaScript in a long computation, and SQLite in a
 * long statement, answer no signal; this process does, ends the other one, and removes what that one had begun to write.
 */
export function supervise(node, program) {
  // What `enableCompileCache` does, for the process of the program and its threads.
  const NODE_COMPILE_CACHE = process.env.NODE_COMPILE_CACHE ?? join(tmpdir(), 'node-compile-cache')
  const { env, flags } = memorySettings(process.env)
  // In the names of temporary folders that the program cannot announce.
  const mark = `${randomBytes(8).toString('hex')}-`
  const child = spawn(node, [...flags, program, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...env, NODE_COMPILE_CACHE, MARKETSIM_SUPERVISED: String(process.pid), MARKETSIM_MARK: mark },
  })
  /** What to remove and what to say if the program does not live to do it, by the number it gave. */
  const leftovers = new Map()
  let stoppedBy
  let forcing
  let graceMs = GRACE_MS
  let isForced = false
  const say = (text) => {
    try {
      writeSync(2, text)
    } catch {
      // Nobody reads stderr.
    }
  }
  const force = () => {
    isForced = true
    child.kill('SIGKILL')
  }
  // A terminal sends Ctrl-C to the child as well; the program takes two in quick succession for one.
  for (const signal of stops)
    process.on(signal, () => {
      child.kill(signal)
      forcing ??= setTimeout(force, graceMs).unref()
      stoppedBy ??= signal
    })
  child.on('message', ({ number, leftover, endWithin }) => {
    if (endWithin !== undefined) {
      // It has something to finish, and limits itself.
      graceMs = endWithin + GRACE_MS
      if (forcing !== undefined) {
        clearTimeout(forcing)
        forcing = setTimeout(force, graceMs).unref()
      }
    } else if (leftover === undefined) leftovers.delete(number)
    else leftovers.set(number, leftover)
  })
  child.on('error', (error) => {
    say(`error: cannot start ${node}: ${error.message}\n`)
    process.exit(70)
  })
  child.on('close', (code, signal) => {
    const wasStopped = stoppedBy !== undefined && (isForced || signal === stoppedBy)
    const texts = new Set()
    for (const { path, folder, made, text } of [...leftovers.values()].reverse()) {
      if (text !== undefined) texts.add(text)
      if (path !== undefined) rmSync(path, { recursive: true, force: true, maxRetries: 3 })
      if (folder !== undefined) removeEmpty(folder, made)
    }
    if (code !== 0) removeMarked(mark)
    if (wasStopped) {
      say(`${texts.size > 0 ? [...texts].join('\n') : 'interrupted: nothing was written'}\n`)
      process.exit(codeOf(stoppedBy))
    }
    if (signal === 'SIGKILL') say(`error: the program was killed${MEMORY}`)
    // Node ends itself this way where its heap is full; what it says of that stands above.
    if (signal === 'SIGABRT') say(`error: the program ran out of memory${MEMORY}`)
    process.exit(signal === 'SIGABRT' ? MACHINE_FAILED : (code ?? codeOf(signal)))
  })
}

/** Removes a folder and those above it up to `made`, as far as they are empty. */
function removeEmpty(folder, made) {
  try {
    for (let each = folder; ; each = dirname(each)) {
      rmdirSync(each)
      if (each === made || each === dirname(each)) return
    }
  } catch {
    // Somebody else has put something there.
  }
}

/** Removes the temporary folders whose names have the mark of this program. */
function removeMarked(mark) {
  try {
    for (const name of readdirSync(tmpdir()))
      if (name.startsWith(`marketsim-facts-${mark}`))
        rmSync(join(tmpdir(), name), { recursive: true, force: true, maxRetries: 3 })
  } catch {
    // A folder that cannot be read or changed keeps what it has.
  }
}

/** Commands that write nothing but what they print: a signal ends them without a trace. */
const printing = [
  '--version',
  'check',
  'docs',
  'help',
  'list',
  'schema',
  'figures',
  'completion',
  '--get-yargs-completions',
]

/** Whether a call only prints: it needs nobody to watch over it. Help is printed wherever it is asked for. */
export function isShort(words) {
  const end = words.indexOf('--')
  return (
    printing.includes(words[0]) ||
    (end < 0 ? words : words.slice(0, end)).some((word) => word === '--help' || word === '-h')
  )
}
