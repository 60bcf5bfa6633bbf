import { basename, dirname } from 'node:path'
import { didYouMean } from '#base/did-you-mean.ts'
import { InputError } from '#base/input-error.ts'
import { isSubject, type Subject, subjects } from '#reports/explain/subjects.ts'
import { withRecord } from '#reports/record.ts'
import type { Arguments, Command } from '../command.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { intoFolder } from '../output-files.ts'
import { printable } from '../terminal.ts'

const words = Object.keys(subjects)

interface Asked {
  readonly run: string
  readonly what: Subject
  readonly id: string
  readonly path: string
}

/** Writes the page of evidence. @throws InputError for a subject of no account, and where the file cannot be written */
async function writeEvidence(arguments_: Arguments, { run, what, id, path }: Asked): Promise<ExitCode> {
  const { evidenceOf, evidenceSubjects, hasEvidence } = await import('#reports/evidence/evidence.ts')
  if (arguments_.flag('json')) throw new InputError('--evidence writes HTML, not JSON', 'leave --json out')
  if (!hasEvidence(what))
    throw new InputError(
      `there is no evidence of a ${what} alone`,
      `--evidence takes what belongs to one buyer: ${evidenceSubjects.join(', ')}`,
    )
  const { evidencePage } = await import('#reports/evidence/page.ts')
  const { manifestIn } = await import('#reports/manifest-files.ts')
  const page = withRecord(run, (record) => {
    const evidence = evidenceOf(record, what, id)
    if (evidence === undefined)
      throw new InputError(`${what} ${id} belongs to no buyer`, 'name a transaction, bill or order of a buyer', run)
    return evidencePage(evidence, record, manifestIn(dirname(record.path)))
  })
  if (path === '-') process.stdout.write(page)
  else {
    const name = basename(path)
    await intoFolder(dirname(path), arguments_.flag('force'), async (folder) => folder?.file(name).write(page))
    if (!arguments_.flag('quiet')) process.stdout.write(`evidence of ${what} ${printable(id)} in ${printable(path)}\n`)
  }
  return exitCodes.done.code
}

export const explain: Command = {
  name: 'explain',
  positionals: {
    run: { type: 'string', completes: 'run', describe: 'a run folder' },
    what: { type: 'string', completes: 'subject', describe: words.join(' | ') },
    id: { type: 'string', completes: 'id', describe: 'its number or name' },
  },
  options: {
    json: { type: 'boolean', describe: 'print it as JSON' },
    evidence: {
      type: 'string',
      completes: 'file',
      stream: 'out',
      describe: 'write everything that proves the amount as one HTML page for an auditor to this file; -: to stdout',
    },
    force: { type: 'boolean', describe: 'replace the file of --evidence' },
  },
  examples: [
    ['npm start -- explain runs/quickstart-42 order 12', ''],
    ['npm start -- explain runs/quickstart-42 bill start-ups/1/2024-03', ''],
    ['npm start -- explain runs/quickstart-42 seller-bill isv/1/2024-03', ''],
    [
      'npm start -- explain runs/quickstart-42 bill start-ups/1/2024-03 --evidence bill.html',
      "with the auditor's calculation",
    ],
  ],
  async execute(arguments_) {
    const [run, what, id] = ['run', 'what', 'id'].map((name) => arguments_.text(name))
    if (run === undefined || what === undefined || id === undefined)
      throw new InputError(
        'explain needs a run folder, what to explain and its number',
        'write `npm start -- explain runs/NAME-SEED order 12`',
      )
    if (!isSubject(what)) {
      const near = didYouMean(what, words)
      throw new InputError(
        `'${what}' is not a subject of explain`,
        near === undefined ? `it explains ${words.join(', ')}` : `did you mean ${near}?`,
      )
    }
    const evidence = arguments_.filled('evidence', 'write --evidence and a file, such as bill.html')
    if (evidence !== undefined) return writeEvidence(arguments_, { run, what, id, path: evidence })
    // The billing core and the policies take a moment to load; --help does without them.
    const { explain: explained } = await import('#reports/explain/explain.ts')
    const { explanationJson, explanationText } = await import('#reports/explain/explanation.ts')
    withRecord(run, (record) => {
      const explanation = explained(record, what, id)
      const { utcOffset } = record.meta
      const text = explanationText(explanation, utcOffset).split('\n').map(printable).join('\n')
      process.stdout.write(arguments_.flag('json') ? explanationJson(explanation, utcOffset) : text)
    })
    return exitCodes.done.code
  },
}
