/** What the environment and the configuration file set, checked before a command runs. */
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { didYouMean } from '#base/did-you-mean.ts'
import { own } from '#base/own.ts'
import {
  asVariable,
  CONFIG_VARIABLE,
  checkValue,
  ofTheHistory,
  settingNames,
  settingsByName,
  unknownSetting,
} from './settings.ts'

/** The path of the configuration file by the XDG Base Directory Specification 0.8, and whether the user named it. */
function configFile({ env }: NodeJS.Process): { path: string; isNamed: boolean } | undefined {
  const named = env[CONFIG_VARIABLE]
  if (named !== undefined) return named === '' ? undefined : { path: named, isNamed: true }
  const root = env.XDG_CONFIG_HOME?.startsWith('/') ? env.XDG_CONFIG_HOME : join(homedir(), '.config')
  return { path: join(root, 'marketsim', 'config.yaml'), isNamed: false }
}

/** Throws InputError for a variable that was probably meant as a setting and is none, or that has a wrong value. */
function checkVariables({ env }: NodeJS.Process): void {
  const known = settingNames.map((name) => settingsByName[name].variable)
  for (const [variable, value = ''] of Object.entries(env)) {
    if (!variable.startsWith('MARKETSIM_') || variable === CONFIG_VARIABLE) continue
    const setting = Object.values(settingsByName).find((each) => each.variable === variable)
    if (setting !== undefined) {
      if (value !== '') checkValue(setting, variable, value, 'environment', `${variable}=`)
      continue
    }
    const ending = (name: string) => name.slice('MARKETSIM_'.length)
    const near = didYouMean(ending(variable), known.map(ending))
    if (near !== undefined || ofTheHistory.some((key) => asVariable(key) === variable))
      throw unknownSetting(variable, `did you mean MARKETSIM_${near}?`, 'environment', 'variable')
  }
}

/**
 * Checks the variables and reads the configuration file: what it sets becomes the value of each variable that has none, so
 * that every part of the program, and every thread that it starts, sees one value. Throws InputError.
 */
export async function applySettings(): Promise<void> {
  checkVariables(process)
  const file = configFile(process)
  if (file === undefined || (!file.isNamed && !existsSync(file.path))) return
  const { settingsIn } = await import('./settings-file.ts')
  for (const [name, value] of settingsIn(file.path)) {
    const { variable, standards = [] } = settingsByName[name]
    if ([variable, ...standards].every((each) => (own(process.env, each) ?? '') === ''))
      Object.assign(process.env, { [variable]: value })
  }
}
