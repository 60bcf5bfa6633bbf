/** Waiting for pools, what happens to pools and prices by plan, prerequisites, and usage records gone astray. */
import { account, at, column, type FactTable, instance, order, pool, rule, specification } from '../column.ts'

export const poolTables = {
  pool_waits: {
    text: 'Orders that wait for units of a full pool (E-02): when they began to and how it ended. Waited and admitted is delayed demand.',
    columns: {
      order_id: order,
      at,
      event: column('word', 'wait, admit, renege (patience is at an end) or turn-away'),
      pool,
      quantity: column('count', 'ECS instances waited for'),
      waited: column('milliseconds', 'since it began to wait'),
      hourly: column('money', 'price of an hour of them all, servers and images'),
      rule,
    },
  },
  pool_changes: {
    text: 'What happened to a pool by plan, beside its own schedule: each row is what is in force from then on.',
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
    columns: { specification, at, hourly: column('price', 'of a started hour from then on'), rule },
  },
  prerequisite_steps: {
    text: 'What buyers got before their first server (E-03).',
    columns: {
      account,
      at,
      what: column('word', 'vpc, security-group or credentials'),
      event: column('word', 'requested or created'),
      rule,
    },
  },
  usage_faults: {
    text: 'Usage records that did not come once and in time (U-09): what was dropped, reported or taken late.',
    columns: {
      instance_id: instance,
      account,
      item: column('word', 'ecs or image'),
      priced: column('id', 'what priced it: `pools` for ecs, `specifications` for image'),
      hour: column('instant', 'first instant of the hour it is of'),
      at: column('instant', 'when it came'),
      seconds: column('seconds', 'what it says was used'),
      amount: column('charge', 'what the hour costs by the meter'),
      copy: column('flag', '1 for a record that was sent before'),
      outcome: column('word', 'accepted (late, within the window), duplicate, conflict or late (rejected)'),
      rule,
    },
  },
} as const satisfies Record<string, FactTable>
