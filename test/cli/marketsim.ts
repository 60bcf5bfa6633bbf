/** The program as a person starts it: the real launcher in a process of its own, in a folder of its own. */
import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { vi } from 'vitest'
import { madeOnce } from '../house/suite-folder.ts'

const launcher = fileURLToPath(new URL('../../cli/bin.js', import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Call {
  readonly cwd: string
  readonly environment?: Record<string, string>
  /** Written to its standard input. */
  readonly input?: string | Uint8Array
  /** Called with the process as soon as it has started. */
  readonly started?: (process: ReturnType<typeof spawn>) => void
}

/** What was said besides the warnings of a scenario, such as a cold start of one that a test cuts short. */
export const withoutWarnings = (stderr: string): string =>
  stderr.replace(/^\S+: warning: [\s\S]*?\n\d+ warnings?\n/, '')

/** Calls marketsim and waits for its end. */
export function marketsim(words: readonly string[], { cwd, environment, input, started }: Call): Promise<Ended> {
  const { NO_COLOR: _, FORCE_COLOR: __, ...inherited } = process.env
  const child = spawn(process.execPath, [launcher, ...words], { cwd, env: { ...inherited, ...environment } })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  child.stdin.end(input ?? '')
  started?.(child)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

/**
 * The same in this process: a tenth of the time, and all but the launcher is the same. What it writes is caught. One call
 * at a time, since a process has one current folder and one environment.
 */
export async function inThisProcess(
  words: readonly string[],
  cwd = process.cwd(),
  environment: Readonly<Record<string, string>> = {},
  input?: string,
): Promise<Ended> {
  const before = process.cwd()
  const stdin = Object.getOwnPropertyDescriptor(process, 'stdin') as PropertyDescriptor
  if (input !== undefined)
    Object.defineProperty(process, 'stdin', { value: Readable.from([Buffer.from(input)]), configurable: true })
  const inherited = process.env
  const { NO_COLOR: _, FORCE_COLOR: __, ...kept } = inherited
  process.chdir(cwd)
  process.env = { ...kept, ...environment }
  const [stdout, stderr] = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation(() => true),
  )
  // yargs prints by the console, which vitest has replaced.
  const log = vi.spyOn(console, 'log').mockImplementation((...parts) => {
    process.stdout.write(`${parts.join(' ')}\n`)
  })
  const written = (spy: typeof stdout) => spy.mock.calls.map(([text]) => String(text)).join('')
  try {
    const { program } = await import('#cli/program.ts')
    const code = await program(words)
    return { code, stdout: written(stdout), stderr: written(stderr) }
  } finally {
    log.mockRestore()
    stdout.mockRestore()
    stderr.mockRestore()
    process.env = inherited
    Object.defineProperty(process, 'stdin', stdin)
    process.chdir(before)
  }
}

const folders: string[] = []

/** A new empty folder; `removeFolders` removes them all. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'marketsim-cli-'))
  folders.push(folder)
  return folder
}

export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
}

/** Options that make the library's first scenario a matter of two days, for `load` and what reads a whole run. */
export const short = ['--set', 'end=2024-03-03T00:00:00+08:00']
/** Options that make it a matter of six hours and a few buyers; more threads would take longer to start than to run. */
export const tiny = [
  ...['--threads', '1', '--set', 'end=2024-03-01T06:00:00+08:00'],
  ...['--set', 'buyers.start-ups.count=20', '--set', 'buyers.companies.count=4'],
]

/** Two days of the library's first scenario, run once in a suite, without a command: `runs/quickstart-42` in its folder. */
export const sharedRun = (): Promise<Ended & { folder: string }> =>
  madeOnce('two-days', (cwd) => marketsim([...short, '--threads', '1', '--quiet'], { cwd }))

/** A copy of that run under another name. */
export async function copyOfSharedRun(path: string): Promise<void> {
  const { folder } = await sharedRun()
  cpSync(join(folder, 'runs/quickstart-42'), path, { recursive: true })
}
