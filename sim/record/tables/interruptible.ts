/** Interruptible servers: their discounts, and how they are taken back (E-11). */
import { at, column, type FactTable, instance, pool, rule } from '../column.ts'

export const interruptibleTables = {
  interruptible_prices: {
    text: 'Discounts of interruptible servers (E-11). Each row is in force from its instant.',
    columns: { pool, at, percent_off: column('count', 'percent off the hourly price of the pool, x 1e8'), rule },
  },
  interruptions: {
    text: 'Notices and interruptions of servers (E-11).',
    columns: {
      instance_id: instance,
      at,
      event: column('word', 'notice, interrupt, or withdraw (it stopped running before its notice ended)'),
      pool,
      wanted_by: column('id', 'the account whose request needs the room: `accounts`; 0 at the end of a notice'),
      rule,
    },
  },
} as const satisfies Record<string, FactTable>
