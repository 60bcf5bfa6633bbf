import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import type { Command } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { checkInputFile } from '../input-file.ts'
import { endWith } from '../streams.ts'

/** Waits while the reader of stdout is slower than we are, so that memory stays constant. */
async function write(text: string, errors: number): Promise<void> {
  if (errors > 0) endWith(exitCodes.badInput.code)
  if (!process.stdout.write(text)) await once(process.stdout, 'drain')
}

export const quote: Command = {
  name: 'quote',
  positionals: {
    file: {
      type: 'string',
      completes: 'log',
      stream: 'in',
      describe: 'a file of requests (default: stdin, also -)',
    },
  },
  options: { json: { type: 'boolean', describe: 'the answers are always JSON, one per line' } },
  examples: [['npm start --silent -- quote requests.ndjson > answers.ndjson', '']],
  async execute(arguments_) {
    const file = arguments_.text('file')
    // yargs hands a lone dash on as an empty text.
    const fromFile = file !== undefined && file !== '-' && file !== ''
    if (fromFile) checkInputFile(file, 'a file of requests, or - for stdin')
    const { quote: answer } = await import('#sim/quote/quote.ts')
    const { answered, errors } = await answer(fromFile ? createReadStream(file) : process.stdin, write)
    if (errors === 0) return exitCodes.done.code
    process.stderr.write(`${errors} of ${answered} requests were wrong; each answer says how to fix it\n`)
    return exitCodes.badInput.code
  },
}
