/** Waiting for pools, what happens to pools and prices by plan, prerequisites, and usage records gone astray. */
import { account, at, column, type FactTable, instance, order, pool, rule, specification } from '../column.ts'

export const poolTables = {
  pool_waits: {
    text: 'Orders that wait for units of a full pool (E-02): when the wait started and how it ended. Admitted orders are delayed demand.',
    columns: {
      order_id: order,
      at,
      event: column('word', 'wait, admit, renege (patience exhausted) or turn-away'),
      pool,
      quantity: column('count', 'ECS instances requested'),
      waited: column('milliseconds', 'time waited so far'),
      hourly: column('money', 'price of one hour of all of them, servers and images'),
      rule,
    },
  },
  pool_changes: {
    text: 'Planned events of pools, in addition to their capacity schedules. Each row is in force from its instant.',
    columns: {
      pool,
      at,
      what: column('word', 'capacity, flavour-status, price, outage or outage-ends'),
      capacity: column('count', 'units planned'),
      status: column('word', 'flavour status (E-02)'),
      hourly: column('price', 'of a server for an hour'),
      down: column('flag', '1 while an outage lasts'),
      broken: column('count', 'running servers that broke at this instant'),
      rule,
    },
  },
  image_prices: {
    text: 'New prices of pay-per-use images (C-05).',
    columns: { specification, at, hourly: column('price', 'price of a started hour from this instant'), rule },
  },
  prerequisite_steps: {
    text: 'Prerequisites that buyers created before their first server (E-03).',
    columns: {
      account,
      at,
      what: column('word', 'vpc, security-group or credentials'),
      event: column('word', 'requested or created'),
      rule,
    },
  },
  usage_faults: {
    text: 'Usage records that arrived late or more than once (U-09): dropped, reported or accepted late.',
    columns: {
      instance_id: instance,
      account,
      item: column('word', 'ecs, image, disk, elastic-ip, bandwidth or traffic'),
      priced: column('id', 'the source of its price: `specifications` for image, else `pools`'),
      hour: column('instant', 'start of the hour it reports'),
      at: column('instant', 'when it arrived'),
      seconds: column('seconds', 'the use it reports'),
      amount: column('charge', 'the metered charge of the hour'),
      copy: column('flag', '1 for a copy of an earlier record'),
      outcome: column(
        'word',
        'accepted (late, within the window), duplicate, conflict, late (rejected) or correction (on the next bill: after the window, or after the bill of its month was final)',
      ),
      rule,
    },
  },
} as const satisfies Record<string, FactTable>
