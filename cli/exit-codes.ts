/** What the program says to the shell that called it. Scripts and CI jobs rely on these numbers: they never change. */
export const exitCodes = {
  done: { code: 0, text: 'done' },
  badInput: { code: 2, text: 'bad input: a wrong scenario, option, folder or record' },
  difference: { code: 3, text: "an amount differs from the auditor's, or from the bills of another system" },
  thresholdMissed: {
    code: 4,
    text: 'a threshold is missed, no rate meets the target of a load test, or no value keeps the bounds of size',
  },
  damaged: { code: 5, text: 'the record of a run is damaged, or what an interrupted run left' },
  incomplete: {
    code: 6,
    text: 'incomplete or undecided: a load test was stopped, the machine was too noisy, runs of a sweep are missing, size has no answer, or an exported log leaves use out; the result says so',
  },
  ourFault: { code: 70, text: 'internal error; the message ends with a command that replays it' },
  diskFailed: {
    code: 74,
    text: 'the disk or the network failed, the disk is full, or the machine ran out of memory or files',
  },
  hungUp: { code: 129, text: 'the terminal hung up (SIGHUP); like 130' },
  interrupted: { code: 130, text: 'interrupted (Ctrl-C); nothing was written, or only what `resume` can continue' },
  terminated: { code: 143, text: 'terminated (SIGTERM); as 130' },
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]['code']

/** The exit code of a command that a signal stopped: 128 and the number of the signal, as shells have it. */
export const interruptedCode = (signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): ExitCode =>
  ({ SIGHUP: exitCodes.hungUp, SIGINT: exitCodes.interrupted, SIGTERM: exitCodes.terminated })[signal].code
