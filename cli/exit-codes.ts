/** What the program says to the shell that called it. Scripts and CI jobs rely on these numbers: they never change. */
export const exitCodes = {
  done: { code: 0, text: 'done' },
  badInput: { code: 2, text: 'bad input: a wrong scenario, option, folder or record' },
  difference: { code: 3, text: 'an amount differs: the auditor, or the bills of another system, disagree' },
  thresholdMissed: { code: 4, text: 'a threshold is missed, or no rate holds the target of a load test' },
  ourFault: { code: 70, text: 'a fault of marketsim itself; the message ends with a line that replays it' },
  interrupted: { code: 130, text: 'interrupted (Ctrl-C); nothing was written, or what `resume` goes on from' },
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]['code']

/** The table of `--help`. */
export const exitCodesText = (): string =>
  Object.values(exitCodes)
    .map(({ code, text }) => `  ${String(code).padStart(3)}  ${text}`)
    .join('\n')
