/** Tables of hosts: the machines, and the groups that they belong to. */
import { count, flag, id, instant, milliseconds, number, quantity, row, table } from '../../cell/table.ts'

/**
 * Machines by group and number. `planned`: part of the group as it is planned, so that it takes servers unless `failed`;
 * without that it drains, and leaves when `servers` is 0. `vcpu`, `memory`, `gpu`: what is free, in parts of the group.
 */
export const hostTable = () =>
  table('hosts', {
    id: id('hosts'),
    group: row('hostGroups'),
    number: count(),
    domain: count(),
    planned: flag(),
    present: flag(),
    failed: flag(),
    servers: count(),
    vcpu: quantity(),
    memory: quantity(),
    gpu: quantity(),
  })

/**
 * Groups of hosts: how many are planned (`scheduled`, and `grown` by a rule, E-12), take servers (`open`) and have failed, what of their room is used and free, and the
 * integrals of the clock hour. `last…` is what the last hour that was written had.
 */
export const hostGroupTable = (groups: number) =>
  table(
    'hostGroups',
    {
      id: number('host_groups'),
      scheduled: count(),
      grown: count(),
      planned: count(),
      open: count(),
      failed: count(),
      since: instant(),
      vcpu: quantity(),
      memory: quantity(),
      gpu: quantity(),
      freeVcpu: quantity(),
      freeMemory: quantity(),
      freeGpu: quantity(),
      vcpuMs: milliseconds(),
      memoryMs: milliseconds(),
      gpuMs: milliseconds(),
      vcpuRoomMs: milliseconds(),
      memoryRoomMs: milliseconds(),
      gpuRoomMs: milliseconds(),
      openMs: milliseconds(),
      failedMs: milliseconds(),
      lastVcpuMs: milliseconds(),
      lastMemoryMs: milliseconds(),
      lastGpuMs: milliseconds(),
      lastVcpuRoomMs: milliseconds(),
      lastMemoryRoomMs: milliseconds(),
      lastGpuRoomMs: milliseconds(),
      lastOpenMs: milliseconds(),
      lastFailedMs: milliseconds(),
      reported: flag(),
    },
    Math.max(1, groups),
  )
