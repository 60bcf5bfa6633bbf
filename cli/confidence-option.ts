/** `--confidence`: the probability that an answer is right. */
import { InputError } from '#base/input-error.ts'
import type { Arguments } from './command.ts'

/** The probability that `--confidence` asks for. Throws InputError. */
export function percentOf(arguments_: Arguments): number {
  const text = arguments_.text('confidence') ?? '95%'
  const match = /^\s*(\d+(?:\.\d+)?)\s*%\s*$/.exec(text)
  const share = match === null ? 0 : Number(match[1]) / 100
  if (share >= 0.5 && share < 1) return share
  throw new InputError(`--confidence ${text} is not a percentage from 50 to 100`, 'write --confidence 95%')
}
