/** The schemas of UBL 2.1, which `xmllint` validates documents against. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'

const packed = fileURLToPath(new URL('../../data/ubl', import.meta.url))

/** Unpacks the schemas into a folder. Answers the folder. */
export function unpackedSchemas(folder: string): string {
  for (const part of ['common', 'maindoc']) {
    mkdirSync(join(folder, part))
    for (const name of readdirSync(join(packed, part)))
      writeFileSync(join(folder, part, name.replace('.gz', '')), gunzipSync(readFileSync(join(packed, part, name))))
  }
  return folder
}

/** Command lines are of some length only. */
const AT_A_TIME = 500

/** What is wrong with documents of one kind, a line an error. */
export function invalid(schemas: string, kind: 'Invoice' | 'CreditNote', paths: readonly string[]): string[] {
  const wrong: string[] = []
  for (let at = 0; at < paths.length; at += AT_A_TIME) {
    const words = ['--nonet', '--noout', '--schema', `maindoc/UBL-${kind}-2.1.xsd`, ...paths.slice(at, at + AT_A_TIME)]
    const { status, stderr } = spawnSync('xmllint', words, { cwd: schemas, encoding: 'utf8', maxBuffer: 1 << 28 })
    const errors = stderr.split('\n').filter((line) => line.includes('error'))
    wrong.push(...errors, ...(status !== 0 && errors.length === 0 ? [`xmllint ended with ${status}: ${stderr}`] : []))
  }
  return wrong
}
