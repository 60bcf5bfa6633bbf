/** One folder for all files of a suite: what is dear to make is made there once, by the first test that asks for it. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { inject } from 'vitest'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    suiteFolder: string
  }
}

/** Vitest's global set-up: the folder is new for each suite, so that nothing in it is ever out of date. */
export function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'marketsim-suite-'))
  project.provide('suiteFolder', folder)
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}

/**
 * What `make` answers, as JSON reads it, made once in a suite with the folder of that name for its files. Other
 * processes that ask meanwhile wait.
 */
export async function madeOnce<T>(name: string, make: (folder: string) => Promise<T>): Promise<T & { folder: string }> {
  const folder = join(inject('suiteFolder'), name)
  const answer = `${folder}.json`
  let isOurs = true
  try {
    mkdirSync(folder)
  } catch {
    isOurs = false
  }
  if (isOurs) {
    const made = await make(folder).catch((error: unknown) => ({ failed: String(error) }))
    writeFileSync(`${answer}.tmp`, JSON.stringify(made))
    renameSync(`${answer}.tmp`, answer)
  }
  while (!existsSync(answer)) await setTimeout(20)
  const made = JSON.parse(readFileSync(answer, 'utf8'))
  if (made.failed !== undefined) throw new Error(`${name}: ${made.failed}`)
  return { ...made, folder }
}
