import { existsSync } from 'node:fs'
import { InputError } from '#base/input-error.ts'
import { parseLoadThreshold } from '#reports/load-test/thresholds.ts'
import { sortedJson } from '#reports/sorted-json.ts'
import type { Arguments, Command } from '../command.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { expectWritable, junitFileOf } from '../junit-file.ts'
import { endWithParts } from '../load-generators/end-with-parts.ts'
import { findParts } from '../load-generators/merge-load.ts'
import { expectOurVersion, type LoadPlan, planIn } from '../load-generators/plan.ts'
import { loadOptions } from '../load-request.ts'
import { withOption } from '../load-shape.ts'
import { commandLine } from '../shell.ts'
import { endWith } from '../streams.ts'

function foldersOf(arguments_: Arguments): readonly string[] {
  const folders = arguments_.texts('folders')
  if (folders.length === 0)
    throw new InputError('load merge needs folders of results', 'write `npm start -- load merge DIR`, and more folders')
  for (const folder of folders)
    if (!existsSync(folder))
      throw new InputError('there is no such folder', 'name folders that `load --results` has written', folder)
  return folders
}

export const loadMerge: Command = {
  name: 'load merge',
  positionals: {
    folders: {
      type: 'string',
      array: true,
      completes: 'folder',
      describe: 'folders of results, as `load --generator i/n --results` writes them',
    },
  },
  options: {
    load: { type: 'string', describe: 'which load test, by its ID, where the folders have parts of several' },
    threshold: loadOptions.threshold,
    out: loadOptions.out,
    force: loadOptions.force,
    json: { type: 'boolean', describe: 'print summary.json, or which generators are missing, as JSON' },
    junit: loadOptions.junit,
  },
  examples: [
    ['npm start -- load merge shared', 'generators that wrote into one folder'],
    ['npm start -- load merge a b c --out loads/all', 'generators whose folders were copied here'],
  ],
  async execute(arguments_) {
    const folders = foldersOf(arguments_)
    const thresholds = arguments_
      .texts('threshold')
      .map((text) => withOption('threshold', () => parseLoadThreshold(text)))
    const ofKnee = thresholds.find(({ figure }) => figure.name.startsWith('knee.'))
    if (ofKnee !== undefined)
      throw new InputError(`--threshold: without a search there is no ${ofKnee.figure.name}`, 'use `load --find-knee`')
    const { id, plan } = planIn(folders, arguments_.filled('load', 'write --load and an ID'))
    expectOurVersion(plan)
    const [out, junit] = [arguments_.filled('out', 'write --out and a folder'), junitFileOf(arguments_)]
    if (junit !== undefined) expectWritable(junit)
    const found = findParts(folders, id, plan)
    const [force, json] = [arguments_.flag('force'), arguments_.flag('json')]
    if (found.length === 0) return nothing(plan, json)
    const bounds = thresholds.flatMap(({ text }) => ['--threshold', text])
    const repeat = commandLine(['load', 'merge', ...folders, '--load', id, ...bounds])
    return endWithParts({ plan, found, thresholds, out, force, json, junit, repeat })
  },
}

/** Not one generator has come to its end: there is no result, and all are missing. */
function nothing({ generators }: LoadPlan, json: boolean): ExitCode {
  const { code } = exitCodes.incomplete
  endWith(code)
  if (json) process.stdout.write(sortedJson({ missing: Array.from({ length: generators }, (_, index) => index + 1) }))
  else
    process.stderr.write(
      `incomplete: none of the ${generators} generators has left its part, so nothing was written\n  hint: start all of them again, with another folder for --results\n`,
    )
  return code
}
