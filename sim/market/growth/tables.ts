import { count, table } from '../../cell/table.ts'

/**
 * What each rule has ordered (E-12): units on the way (`coming`), there (`present`, of which `leaving` are released and still
 * there).
 */
export const growthTable = (rules: number) =>
  table('ordered', { coming: count(), present: count(), leaving: count() }, Math.max(1, rules))
