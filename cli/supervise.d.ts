/** Environment and options of Node for a process that simulates, so that its memory stays low; what is set already stays. */
export function memorySettings(environment: Readonly<NodeJS.ProcessEnv>): {
  readonly env: NodeJS.ProcessEnv
  readonly flags: readonly string[]
}
