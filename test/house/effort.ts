/**
 * How thorough a test is: little in `npm test`, so that the suite stays within three minutes, and much in
 * `npm run thorough`, which runs the same files with MARKETSIM_THOROUGH set.
 */
export const often = <T>(inTheSuite: T, thoroughly: T): T =>
  process.env.MARKETSIM_THOROUGH === undefined ? inTheSuite : thoroughly
