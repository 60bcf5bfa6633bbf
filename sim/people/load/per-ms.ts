import type { Rate } from '#scenarios/time-text.ts'

/** A rate as a scenario writes it, in arrivals a millisecond. */
export const perMs = ({ count, perMs: span }: Rate): number => count / span
