/** Whether the proof runs in the form that continuous integration uses (`--short`). */
const form = process.env.MARKETSIM_PROOF
export const isShort = form !== 'whole' && form !== 'hour'
/** Whether a proof that has one runs in the form that takes an hour (`--hour`). */
export const isHour = form === 'hour'
