/** Names the running machine: programs with the same name share its clock. */
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { sha256 } from '../results/run-key.ts'

let known: string | undefined

/** Linux has an ID of each start of the machine, which containers share with it; elsewhere its name has to do. */
export function machineId(): string {
  known ??= sha256(bootId() ?? hostname()).slice(0, 16)
  return known
}

function bootId(): string | undefined {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return undefined
  }
}
