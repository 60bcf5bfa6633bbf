/** How a load test ends for its caller: its verdicts, and what is printed. */
import { loadJunit } from '#reports/load-test/junit.ts'
import { sortedJson } from '#reports/sorted-json.ts'
import type { ExitCode } from './exit-codes.ts'
import { STDOUT, writeJunit } from './junit-file.ts'
import { loadClosing } from './load-closing.ts'
import { LEDGERS, loadFiles, SERVICE } from './load-folder.ts'
import type { LoadMade } from './run-load.ts'
import { endWith } from './streams.ts'
import { colourful, painter, widthOf } from './terminal.ts'

export interface LoadPrint {
  readonly out: string | undefined
  readonly json: boolean
  readonly junit: string | undefined
}

/** Ends with `code`: writes the verdicts and prints the summary. */
export function endLoad(request: LoadPrint, made: LoadMade, code: ExitCode): ExitCode {
  endWith(code)
  if (request.junit !== undefined) writeJunit(request.junit, loadJunit(made.summary))
  if (request.junit !== STDOUT) print(request, made)
  return code
}

function print(request: LoadPrint, { summary }: LoadMade): void {
  if (request.json) {
    process.stdout.write(sortedJson(summary))
    return
  }
  const { summary: file, page, overTime, percentiles, knee } = loadFiles
  const text = loadClosing(summary, {
    // A pipe has no width: what reads it gets every line whole.
    width: process.stdout.isTTY ? widthOf(process.stdout) : Number.POSITIVE_INFINITY,
    paint: painter(colourful(process.stdout)),
    folder: request.out,
    files: [
      ...(summary.complete ? [page] : []),
      file,
      overTime,
      percentiles,
      ...(summary.knee === null ? [] : [knee]),
      `${summary.service === null ? LEDGERS : SERVICE}/`,
    ],
  })
  process.stdout.write(`${text}\n`)
}
