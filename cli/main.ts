/** The entry: looks at the Node it runs on before anything is loaded that an older one could not read. */
import { exitCodes } from './exit-codes.ts'
import { nodeFault } from './node-version.ts'

const fault = nodeFault(process.versions.node)
if (fault === undefined) {
  const { guardStreams } = await import('./streams.ts')
  const { watchLauncher } = await import('./supervision.ts')
  guardStreams()
  watchLauncher()
  const { program } = await import('./program.ts')
  process.exitCode = await program(process.argv.slice(2))
} else {
  process.stderr.write(`${fault}\n`)
  process.exitCode = exitCodes.badInput.code
}
