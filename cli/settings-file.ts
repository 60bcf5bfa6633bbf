/** The configuration file: settings by key, as YAML. */
import { readFileSync } from 'node:fs'
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml'
import { didYouMean } from '#base/did-you-mean.ts'
import { InputError } from '#base/input-error.ts'
import { own } from '#base/own.ts'
import { checkInputFile } from './input-file.ts'
import { checkValue, settingNames, settingsByName, unknownSetting } from './settings.ts'

/** The values by key. Throws InputError for what is no setting, with line and column. */
export function settingsIn(path: string): ReadonlyMap<string, string> {
  checkInputFile(path, 'a configuration file')
  const lines = new LineCounter()
  const document = parseDocument(readFileSync(path, 'utf8'), { lineCounter: lines })
  const at = (offset = 0): string => {
    const { line, col } = lines.linePos(offset)
    return `${path}:${Math.max(1, line)}:${Math.max(1, col)}`
  }
  const [error] = document.errors
  if (error !== undefined)
    throw new InputError(
      `the configuration file is no YAML: ${error.message.split('\n')[0].replace(/ at line .*$/, '')}`,
      'write one setting a line, such as threads: 4',
      at(error.pos[0]),
    )
  if (document.contents === null) return new Map()
  if (!isMap(document.contents))
    throw new InputError('the configuration file has no settings', 'write one a line, such as threads: 4', at())
  const values = new Map<string, string>()
  for (const { key, value } of document.contents.items) {
    const name = isScalar(key) ? String(key.value) : String(key)
    const where = at(isScalar(key) ? key.range?.[0] : undefined)
    const setting = own(settingsByName, name)
    if (setting === undefined) {
      const near = didYouMean(name, settingNames)
      throw unknownSetting(
        name,
        near === undefined ? `settings are ${settingNames.join(', ')}` : `did you mean ${near}?`,
        where,
      )
    }
    const text = isScalar(value) ? String(value.value ?? '') : String(value)
    checkValue(setting, name, text, where, `${name}: `)
    values.set(name, text)
  }
  return values
}
