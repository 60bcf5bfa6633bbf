/** The entry: looks at the Node it runs on before anything is loaded that an older one could not read. */
import { exitCodes } from './exit-codes.ts'
import { nodeFault } from './node-version.ts'

// A reader such as `head` may close our stdout early; that is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.done.code)
  throw error
})

const fault = nodeFault(process.versions.node)
if (fault === undefined) {
  const { program } = await import('./program.ts')
  process.exitCode = await program(process.argv.slice(2))
} else {
  process.stderr.write(`${fault}\n`)
  process.exitCode = exitCodes.badInput.code
}
