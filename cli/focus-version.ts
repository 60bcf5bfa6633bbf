/** `--focus-version`: which version of FOCUS is written. */
import { InputError } from '#base/input-error.ts'
import type { Arguments } from './command.ts'

/** Written here as well, so that help does not load what writes them. */
export const focusVersions = ['1.2', '1.4'] as const
export type FocusVersion = (typeof focusVersions)[number]

/** 1.2 where it was left out. @throws InputError for another one */
export function focusVersionOf(arguments_: Arguments): FocusVersion {
  const text = arguments_.filled('focus-version', 'write --focus-version 1.4') ?? '1.2'
  const found = focusVersions.find((version) => version === text)
  if (found !== undefined) return found
  throw new InputError(
    `there is no FOCUS version '${text}' here`,
    `write --focus-version ${focusVersions.join(' or ')}`,
  )
}
