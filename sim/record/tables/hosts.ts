/** Hosts, what is placed on them, and how much of them is used (E-10). */
import { at, column, type FactTable, instance, rule } from '../column.ts'

const group = column('id', 'the group of hosts: `host_groups`')
const host = column('id', 'the host: `hosts`')
const used = (what: string) =>
  column('milliseconds', `${what} used in the hour: parts of the group (\`host_groups\`) x milliseconds`)
const room = (what: string) =>
  column('milliseconds', `${what} used, and free on hosts that take servers: parts x milliseconds`)

export const hostTables = {
  hosts: {
    text: 'Hosts, when they first joined their group (E-10).',
    columns: {
      id: column('id', 'number of the host'),
      at,
      host_group: group,
      number: column('count', 'number within the group, from 1'),
      domain: column('count', 'fault domain, from 1'),
      rule,
    },
  },
  host_moves: {
    text: 'What happens to hosts, in order: servers that are placed on them and leave, and hosts that join, are drained, leave, fail and are repaired (E-10).',
    columns: {
      host,
      at,
      event: column(
        'word',
        'place or leave (a server); add, drain, return (before it was empty), remove (drained and empty), fail or repair (the host)',
      ),
      instance_id: { ...instance, text: 'the ECS instance: `instances`; 0 where it is about the host' },
      rule,
    },
  },
  host_hours: {
    text: 'Clock hours of groups of hosts, by dimension (E-10). An hour like the one before it is left out.',
    columns: {
      host_group: group,
      hour: column('instant', 'start of the clock hour'),
      vcpu_ms: used('vCPU'),
      memory_ms: used('memory'),
      gpu_ms: used('GPU'),
      vcpu_room_ms: room('vCPU'),
      memory_room_ms: room('memory'),
      gpu_room_ms: room('GPU'),
      open_ms: column('milliseconds', 'hosts that take servers x milliseconds'),
      failed_ms: column('milliseconds', 'hosts that have failed x milliseconds'),
    },
  },
} as const satisfies Record<string, FactTable>
