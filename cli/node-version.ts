/** The oldest Node that runs the TypeScript of this program as it is. */
export const LEAST_NODE = 24

/** What to tell a person whose Node is too old; undefined when it is new enough. */
export function nodeFault(version: string): string | undefined {
  if (Number.parseInt(version, 10) >= LEAST_NODE) return undefined
  return [
    `error: marketsim needs Node ${LEAST_NODE} or later, and this is Node ${version}`,
    '  hint: on Linux, run `npm ci` in its folder, which installs Node, and start it with `npm start`;',
    `        elsewhere, install Node ${LEAST_NODE} from https://nodejs.org`,
  ].join('\n')
}
