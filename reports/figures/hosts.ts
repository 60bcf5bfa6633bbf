/** Use of hosts over time by dimension, and for how long they worked (E-10). */
import { clockHours } from '../capacity/pool-hours.ts'
import { type Figure, type Measure, type Source, sum } from './figure.ts'

/** Groups have parts of their own, so each is converted to whole vCPUs, GiB and GPUs x milliseconds. */
const dimensions = ['vcpu', 'memory', 'gpu']
  .flatMap((name) => [
    `hours * (${name}_ms * g.${name}_part / 1000) AS ${name}`,
    `hours * (${name}_room_ms * g.${name}_part / 1000) AS ${name}_room`,
  ])
  .join(',\n  ')

/**
 * Hours of groups of hosts, cut at the ends of months. The record leaves out an hour like the one before it, so a row is
 * until the next one.
 */
const hostHoursSource: Source = {
  name: 'figure_hosts',
  labels: ['month', 'region', 'hosts'],
  sql: `
WITH spans AS (
  SELECT h.*, max(h.hour, CASE WHEN run.measured_from > run.start THEN run.measured_hour ELSE run.start END) AS since,
    lead(h.hour, 1, run."end") OVER (PARTITION BY h.host_group ORDER BY h.hour) AS next
  FROM host_hours h, run),
cut AS (
  SELECT m.month, s.*, max(s.since, m.first) AS first, min(s.next, m.next) AS until
  FROM spans s JOIN months m ON s.since < m.next AND s.next > m.first),
counted AS (SELECT cut.*, ${clockHours('first', 'until')} AS hours FROM cut, run)
SELECT month, r.region, z.zone || '/' || g.hosts AS hosts, hours * open_ms AS open_ms,
  hours * failed_ms AS failed_ms, ${dimensions}
FROM counted JOIN host_groups g ON g.id = counted.host_group JOIN zones z ON z.id = g.zone_id
JOIN regions r ON r.id = g.region_id WHERE until > first`,
}

const hostFigure = (name: string, unit: Figure['unit'], text: string, measure: Measure): Figure => ({
  name,
  unit,
  text,
  source: hostHoursSource,
  measure,
  by: ['month', 'region', 'hosts'],
})

const use = (dimension: 'vcpu' | 'memory' | 'gpu'): Measure => ({ value: sum(dimension), of: sum(`${dimension}_room`) })

export const hostFigures: readonly Figure[] = [
  hostFigure('pool.vcpuUse', 'share', 'vCPU of hosts in use / vCPU that they can be filled with (E-10)', use('vcpu')),
  hostFigure(
    'pool.memoryUse',
    'share',
    'memory of hosts in use / memory that they can be filled with (E-10)',
    use('memory'),
  ),
  hostFigure('pool.gpuUse', 'share', 'GPUs of hosts in use / GPUs that they can be filled with (E-10)', use('gpu')),
  hostFigure('host.availability', 'share', 'time hosts took servers / that time and the time they had failed (E-10)', {
    value: sum('open_ms'),
    of: `${sum('open_ms')} + ${sum('failed_ms')}`,
  }),
  hostFigure('host.failedHours', 'hours', 'time hosts had failed and were not repaired yet, summed over hosts (E-10)', {
    value: sum('failed_ms'),
    of: '3600000',
  }),
  hostFigure('host.hours', 'hours', 'time hosts took servers, summed over hosts (E-10)', {
    value: sum('open_ms'),
    of: '3600000',
  }),
]
