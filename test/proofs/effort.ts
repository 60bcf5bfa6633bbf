/** Whether the proof runs in the form that continuous integration uses (`--short`). */
export const isShort = process.env.MARKETSIM_PROOF !== 'whole'
