/** Capacity that rules order and release (E-12). */
import { at, column, type FactTable, rule } from '../column.ts'

export const capacityTables = {
  capacity_orders: {
    text: 'What the growth rules of pools and hosts ordered and released, and when it came and went (E-12).',
    columns: {
      pool: column('id', 'the ECS pool: `pools`; 0 for hosts'),
      host_group: column('id', 'the group of hosts: `host_groups`; 0 for a pool'),
      at,
      event: column('word', 'order-units, units-arrive, release-units or units-leave'),
      units: column('count', 'servers of the pool, or hosts'),
      due: column('instant', 'when they arrive or leave'),
      ordered: column('count', 'units beyond the schedule, once all that was decided is done'),
      rule,
    },
  },
} as const satisfies Record<string, FactTable>
