/** Every check of the auditor. A new kind of amount is judged by a new file in `checks/` and a line here. */
import type { CheckMaker } from './check.ts'
import { orders } from './checks/orders.ts'
import { postings } from './checks/postings.ts'
import { settlement } from './checks/settlement.ts'
import { usage } from './checks/usage.ts'

export const checks: readonly CheckMaker[] = [usage, orders, settlement, postings]
