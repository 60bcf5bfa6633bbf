/** A process that creates a result when the file `start` appears, and prints what the store has then. */
import { existsSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { ResultFolder } from '#cli/results/result-folder.ts'

const [folder, key, text, start] = process.argv.slice(2)
while (!existsSync(start)) await setTimeout(1)
process.stdout.write(await new ResultFolder(folder).create(key, text))
