/**
 * The commands of a page of documentation, run in order in one folder. A fenced block with a file name (```yaml shop.yaml)
 * is that file. A `console` block has commands behind `$`, each followed by what it prints; `…` is anything, and a line of
 * `…` alone any lines. A command without output may print what it likes. `# exit code 4` behind a command says how it ends.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { inThisProcess } from '../../cli/marketsim.ts'
import { root } from '../../house/source-tree.ts'

export interface Step {
  /** Line of the page, from 1. */
  readonly line: number
  readonly command: string
  readonly exitCode: number
  readonly output: string
  /** The file that it is, in place of a command. */
  readonly file?: string
}

const EXIT = /\s+# exit code (\d+)$/

function stepsOfConsole(body: string, first: number): Step[] {
  const steps: Step[] = []
  const lines = body.split('\n')
  for (let at = 0; at < lines.length; at++) {
    if (!lines[at].startsWith('$ ')) continue
    const line = first + at
    let written = lines[at].slice(2)
    while (written.endsWith('\\')) written = `${written.slice(0, -1)}${lines[++at].trim()}`
    let end = at + 1
    while (end < lines.length && !lines[end].startsWith('$ ')) end++
    const output = lines
      .slice(at + 1, end)
      .join('\n')
      .trim()
    steps.push({ line, command: written.replace(EXIT, ''), exitCode: Number(EXIT.exec(written)?.[1] ?? 0), output })
  }
  return steps
}

/** The files and commands of a page, in order. */
export function stepsOf(page: string): Step[] {
  return [...page.matchAll(/^```(\w+)(?: (\S+))?\n([\s\S]*?)^```/gm)].flatMap(
    ({ 1: kind, 2: file, 3: body, index }) => {
      const line = page.slice(0, index).split('\n').length + 1
      if (kind === 'console') return stepsOfConsole(body, line)
      return file === undefined ? [] : [{ line, command: '', exitCode: 0, output: body, file }]
    },
  )
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** Whether a text is as the page says. */
export function fits(text: string, expected: string): boolean {
  const pattern = expected
    .split(/^[ ]*…$/m)
    .map((part) =>
      part
        .split('…')
        .map((each) => escaped(each.replace(/[ ]+$/gm, '')))
        .join('[^\\n]*'),
    )
    .join('[\\s\\S]*')
  return new RegExp(`^\\s*${pattern}\\s*$`).test(text.replace(/[ ]+$/gm, ''))
}

/** The words of a command without signs of the shell; undefined where a shell has to read it. */
function wordsOf(command: string): string[] | undefined {
  if (!command.startsWith('marketsim ')) return undefined
  const words = command.match(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g) ?? []
  const plain = words.map((word) => word.replace(/'([^']*)'|"([^"]*)"/g, (_, single, double) => single ?? double))
  const bare = words.map((word) => word.replace(/'[^']*'|"[^"]*"/g, '')).join(' ')
  return /[|<>&;$*`\\]/.test(bare) ? undefined : plain.slice(1)
}

/** In a folder of a page, `marketsim/engine` is the engine of the clone, as the package exports it. */
function linkPackage(folder: string): void {
  const place = join(folder, 'node_modules/marketsim')
  mkdirSync(place, { recursive: true })
  const manifest = { name: 'marketsim', type: 'module', exports: { './engine': './engine.js' } }
  writeFileSync(join(place, 'package.json'), JSON.stringify(manifest))
  writeFileSync(
    join(place, 'engine.js'),
    `export * from ${JSON.stringify(pathToFileURL(join(root, 'engine/index.ts')).href)}\n`,
  )
}

/** Messages then name the program as an installed one. */
const asInstalled = { MARKETSIM_STARTED_AS: 'marketsim' }

const shims = (folder: string): string => {
  const bin = join(folder, '.bin')
  mkdirSync(bin, { recursive: true })
  writeFileSync(join(bin, 'marketsim'), `#!/bin/sh\nexec "${process.execPath}" "${root}cli/bin.js" "$@"\n`, {
    mode: 0o755,
  })
  return bin
}

/** Makes a step in a folder: what it printed to stdout, and its exit code. */
export async function make(
  { command, file, output }: Step,
  folder: string,
): Promise<{ text: string; code: number | null; errors: string }> {
  if (file !== undefined) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), output)
    return { text: output, code: 0, errors: '' }
  }
  const words = wordsOf(command)
  if (words !== undefined) {
    const { stdout, stderr, code } = await inThisProcess(words, folder, asInstalled)
    return { text: stdout, code, errors: stderr }
  }
  linkPackage(folder)
  const { stdout, stderr, status } = spawnSync('bash', ['-c', command], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      ...process.env,
      PATH: `${shims(folder)}${delimiter}${dirname(process.execPath)}${delimiter}${process.env.PATH}`,
    },
  })
  return { text: stdout, code: status, errors: stderr }
}
