/** `marketsim import`: the formats of other systems, row by row, with totals that awk computes as well. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { inThisProcess } from './marketsim.ts'

const folder = mkdtempSync(join(tmpdir(), 'marketsim-formats-'))
afterAll(() => rmSync(folder, { recursive: true }))
let folders = 0

async function imported(format: string, log: string, options: readonly string[] = []) {
  const out = `out-${++folders}`
  const file = log.startsWith('/') ? log : `log-${folders}`
  if (file !== log) writeFileSync(join(folder, file), log)
  const { code, stdout, stderr } = await inThisProcess(['import', format, file, '--out', out, ...options], folder)
  if (code !== 0) throw new Error(stderr)
  const text = (name: string) => readFileSync(join(folder, out, name), 'utf8')
  const commands = [...stdout.matchAll(/^Check +(.*)$/gm)].map(([, command]) => command)
  const checks = commands.map((command) =>
    execFileSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8' }).trim(),
  )
  return { manifest: JSON.parse(text('import.json')), rows: text('trace.csv').trimEnd().split('\n').slice(1), checks }
}

test('Azure: ten VMs without a header, compressed, 17,109,900 seconds', async () => {
  const { manifest, rows, checks } = await imported('azure', resolve('test/data/logs/azure.vmtable.csv.gz'))
  expect(manifest).toMatchObject({ rows: 10, read: 10, unitSeconds: '17109900', skipped: {}, compression: 'gzip' })
  expect(checks).toEqual(['10 17109900.000', '10 17109900.000'])
  expect(rows[0].split(',')[4]).toBe('1-1.75')
})

test('Azure: a VM deleted before it was created is skipped; the header that some copies have is read', async () => {
  const header =
    'vmid,subscriptionid,deploymentid,vmcreated,vmdeleted,maxcpu,avgcpu,p95maxcpu,vmcategory,vmcorecount,vmmemory'
  const log = `${header}\nv1,s,d,0,300,1,1,1,Unknown,>24,>64\nv2,s,d,600,300,1,1,1,Unknown,4,32\n`
  const { manifest, rows, checks } = await imported('azure', log)
  expect(manifest).toMatchObject({ rows: 2, read: 1, unitSeconds: '300', skipped: { 'ends before it begins': 1 } })
  expect(checks[0]).toBe('1 300.000')
  expect(rows[0].split(',')[4]).toBe('24-64')
})

test('GWF: processors requested where those used are unknown', async () => {
  const { manifest, checks } = await imported('gwf', resolve('test/data/logs/opendc.trace.gwf'))
  expect(manifest.skipped).toEqual({})
  expect(checks[0]).toBe(`${manifest.read} ${Number(manifest.unitSeconds).toFixed(3)}`)
  const log =
    'WorkflowID, JobID, SubmitTime, RunTime, NProcs, ReqNProcs, Dependencies\n0 , 1 , 16 , 11 , -1 , 3 ,  \n0 , 2 , 16 , -1 , 1 , 1 , 1\n'
  const unknown = await imported('gwf', log)
  expect(unknown.manifest).toMatchObject({ read: 1, unitSeconds: '33', skipped: { 'no lifetime': 1 } })
  expect(unknown.checks[0]).toBe('1 33.000')
})

const alibaba: readonly [table: string, rows: string, read: object, check: string][] = [
  [
    'batch_task 2018',
    'M1,3,j_1,1,Terminated,100,160,50.0,0.2\nM2,2,j_1,1,Terminated,100,100,50.0,0.2\nM3,2,j_1,1,Running,100,0,50.0,0.2\nM4,2,j_1,1,Waiting,0,0,50.0,0.2',
    { read: 3, unitSeconds: '180', skipped: { 'no time': 1 }, written: { endless: 1 } },
    '3 180.000',
  ],
  ['batch_task 2017', '41562,41618,120,686,39,Terminated,50.0,0.004', { read: 1, unitSeconds: '2184' }, '1 2184.000'],
  ['batch_instance 2018', 'i1,M1,j_1,1,Terminated,100,160,m_1,1,1,1,1,1,1', { read: 1, unitSeconds: '60' }, '1 60.000'],
  [
    'pai_task_table 2020',
    'job_name,task_name,inst_num,status,start_time,end_time,plan_cpu,plan_mem,plan_gpu,gpu_type\nj,worker,2.0,Terminated,10.0,25.5,600.0,29.3,50.0,MISC',
    { read: 1, unitSeconds: '31' },
    '1 31.000',
  ],
  [
    'pai_instance_table 2020, which has as many columns as batch_task of 2018',
    'j,worker,i1,w1,id1,Terminated,10.0,25.5,m1\nj,worker,i1,w2,id1,Running,11.0,,m1',
    { read: 2, unitSeconds: '15.5', written: { endless: 1 } },
    '2 15.500',
  ],
  [
    'pai_job_table 2020',
    'j1,id1,u1,Terminated,10.0004,25.5002\nj2,id2,u2,Terminated,10.0,20.0\nj3,id3,u2,Waiting,,',
    { read: 2, unitSeconds: '25.4998', skipped: { 'no time': 1 }, written: { accounts: 2 } },
    '2 25.500',
  ],
]

test.each(alibaba)('Alibaba: %s', async (_, rows, read, check) => {
  const { manifest, checks } = await imported('alibaba', `${rows}\n`)
  expect(manifest).toMatchObject(read)
  expect(checks[0]).toBe(check)
})

const task = (time: string, index: number, event: number) =>
  `${time},,62517,${index},,${event},user-a,2,9,0.125,0.07,0.0004,0`

test('Google 2011: from the scheduling of a task to its end, in microseconds', async () => {
  const log = [
    task('0', 0, 0),
    task('600000000', 0, 1),
    task('600000000', 1, 1),
    task('660000001', 0, 4),
    task('700000000', 0, 1),
    task('701000000', 0, 2),
    task('800000000', 9, 5),
    task('900000000', 2, 1),
  ].join('\n')
  const { manifest, rows, checks } = await imported('google', log, ['--origin', '1970-01-01'])
  expect(manifest).toMatchObject({
    rows: 8,
    read: 4,
    unitSeconds: '61.000001',
    leftOut: { 'event that neither begins nor ends a use': 1, 'end of a use that began before the log': 1 },
    written: { endless: 2 },
  })
  expect(rows.map((row) => row.split(',').slice(0, 2).join(' '))).toEqual([
    '600000 60000',
    '700000 1000',
    '600000 999999999999999',
    '900000 999999999999999',
  ])
  expect(checks[0]).toBe('4 61.000')
})

test('Google 2019: instance_events with a header, kinds as words or numbers', async () => {
  const log =
    'time,type,collection_id,priority,instance_index\n1000000,SCHEDULE,7,1,0\n3000000,FINISH,7,1,0\n4000000,3,8,1,0\n9000000,5,8,1,0\n'
  const { manifest, checks } = await imported('google', log)
  expect(manifest).toMatchObject({ read: 2, unitSeconds: '7', skipped: {}, leftOut: {} })
  expect(checks[0]).toBe('2 7.000')
})

const curHead =
  'lineItem/UsageAccountId,lineItem/LineItemType,lineItem/UsageStartDate,lineItem/UsageEndDate,lineItem/ResourceId,lineItem/UsageAmount,lineItem/UsageType,product/instanceType,pricing/unit,lineItem/UnblendedCost,lineItem/CurrencyCode,product/region'
const hour = (from: number, resource: string, amount: string, type = 'Usage') =>
  `111,${type},2024-03-01T0${from}:00:00Z,2024-03-01T0${from + 1}:00:00Z,${resource},${amount},BoxUsage:m5.large,m5.large,Hrs,0.096,USD,us-east-1`

test('AWS CUR: hours of one instance are one use, other lines are left out, costs are those of all lines', async () => {
  const lines = [
    hour(0, 'i-1', '1.0000000000'),
    hour(0, 'i-2', '1'),
    hour(1, 'i-1', '1'),
    hour(2, 'i-1', '0.25'),
    hour(5, 'i-1', '1', 'DiscountedUsage'),
    hour(6, 'fleet', '2.5'),
    hour(1, 'i-2', '1', 'Tax'),
    '111,Usage,2024-03-01T00:00:00Z,2024-03-01T01:00:00Z,vol-1,12,EBS:VolumeUsage.gp3,,GB-Mo,0.0000000001,USD,us-east-1',
  ]
  const { manifest, rows } = await imported('aws-cur', `${curHead}\n${lines.join('\n')}\n`)
  expect(manifest).toMatchObject({
    rows: 8,
    read: 6,
    unitSeconds: '24300',
    costs: { USD: '0.6720000001' },
    skipped: {},
    leftOut: { 'line of type Tax': 1, 'not hours of an instance': 1 },
    written: { orders: 4, servers: 6, serverSeconds: '24300' },
  })
  const at = Date.parse('2024-03-01T00:00:00Z')
  expect([...rows].sort().map((row) => row.replace(/,111,m5.large,us-east-1,image/, ''))).toEqual([
    `${at},3600000,1,i-2`,
    `${at},8100000,1,i-1`,
    `${at + 18_000_000},3600000,1,i-1`,
    `${at + 21_600_000},3000000,3,fleet`,
  ])
})

test('AWS CUR 2.0: the same columns with underscores', async () => {
  const head = curHead
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replaceAll('/', '_')
    .toLowerCase()
  expect(head).toContain('line_item_usage_start_date')
  const { manifest } = await imported('aws-cur', `${head}\n${hour(0, 'i-1', '1')}\n`)
  expect(manifest).toMatchObject({ read: 1, unitSeconds: '3600', costs: { USD: '0.096' } })
})

test('FOCUS 1.0: the hours of Compute in 1,000 rows of several providers, and the cost of all', async () => {
  const { manifest } = await imported('focus', resolve('test/data/logs/focus-1.0-sample.csv'))
  // By Python's csv and decimal: 35 rows of Usage, Compute and Hours.
  expect(manifest).toMatchObject({ rows: 1000, read: 35, costs: { USD: '20.52022672899' }, skipped: {} })
  expect(manifest.leftOut['measured in other units than hours']).toBe(405)
})

const focusHead =
  'ChargeCategory,ChargeClass,ServiceCategory,ConsumedQuantity,ConsumedUnit,ChargePeriodStart,ChargePeriodEnd,SubAccountId,ResourceId,SkuId,RegionId,ServiceName,BilledCost,BillingCurrency'

test('FOCUS: corrections, credits and other services are left out with their category', async () => {
  const row = (category: string, type: string, service: string) =>
    `${category},${type},${service},1,Hours,2024-01-01T00:00:00Z,2024-01-01T01:00:00Z,a,r,s,eu,EC2,0.1,EUR`
  const log = [
    focusHead,
    row('Usage', '', 'Compute'),
    row('Usage', 'Correction', 'Compute'),
    row('Credit', '', 'Compute'),
    row('Usage', '', 'Storage'),
  ]
  const { manifest } = await imported('focus', log.join('\n'))
  expect(manifest).toMatchObject({
    read: 1,
    costs: { EUR: '0.4' },
    leftOut: { correction: 1, 'charge category Credit': 1, 'service category Storage': 1 },
  })
})

test('JSON lines with --map: paths, numbers and texts', async () => {
  const log =
    '{"run":{"start":1709280000,"s":30},"team":"a","n":2}\n\n{"run":{"start":"2024-03-01T08:00:10Z","s":"5"},"team":"b"}\nnot json\n[1]\n'
  const { manifest, rows } = await imported('jsonl', log, [
    '--map',
    'at=run.start,lifetime=run.s,account=team,quantity=n',
  ])
  expect(manifest).toMatchObject({ rows: 4, read: 2, unitSeconds: '65', skipped: { json: 2 } })
  expect(rows.map((row) => row.split(',').slice(0, 4).join(' '))).toEqual([
    '1709280000000 30000 2 a',
    '1709280010000 5000 1 b',
  ])
})

test('CloudEvents: events and batches of usage; one sent twice counts once', async () => {
  const event = (id: string, more: object) =>
    JSON.stringify({
      specversion: '1.0',
      type: 'server.usage',
      source: '/eu',
      id,
      time: '2024-03-01T08:00:00Z',
      subject: 'acme',
      data: { resource: 'i-1', seconds: 90 },
      ...more,
    })
  const hours = {
    data: { start: '2024-03-01T00:00:00Z', end: '2024-03-01T02:00:00Z', hours: '1.5', instance_type: 'm5' },
  }
  const log = [
    event('1', {}),
    event('1', {}),
    `[${event('2', hours)},${event('1', { source: '/us' })}]`,
    '{"id":"x"}',
  ].join('\n')
  const { manifest, rows } = await imported('cloudevents', log)
  expect(manifest).toMatchObject({
    rows: 5,
    read: 3,
    unitSeconds: '5580',
    leftOut: { 'sent twice': 1, 'not a CloudEvent: no specversion': 1 },
  })
  expect(rows[1]).toBe(`${Date.parse('2024-03-01T00:00:00Z')},5400000,1,acme,m5,zone-1,image,`)
})

/** What the totals have to be with a bill or any CSV, and in awk. */
const asAwk: readonly [what: string, format: string, rows: string, options: string[], read: object, check: string][] = [
  [
    'the trace of 2025 of Alibaba',
    'alibaba-gpu',
    'instance_sn,role,app_name,cpu_request,memory_request,gpu_request,creation_time,scheduled_time,deletion_time\ni0,HN,app_0,12,120.0,1,,,\ni1,CN,app_1,64,320.0,0,5,10,70\ni2,CN,app_1,64,320.0,0,5,10,',
    [],
    { read: 2, unitSeconds: '60', skipped: { 'no time': 1 }, written: { accounts: 1, endless: 1 } },
    '2 60.000',
  ],
  [
    'a bill of FOCUS with quotes and other rows',
    'focus',
    'ChargeCategory,ChargeClass,ServiceCategory,ResourceType,ConsumedQuantity,ConsumedUnit,ChargePeriodStart,ChargePeriodEnd,SubAccountId,ResourceId,Tags,BilledCost\n' +
      [
        'Usage,,Compute,Instance,1,Hours,2024-03-01T10:00:00Z,2024-03-01T11:00:00Z,a,i1,"{""team"":""x, y""}",1',
        'Usage,,Compute,Instance,0.5,hrs,2024-03-01T11:00:00Z,2024-03-01T12:00:00Z,a,i1,"",1',
        'Usage,,Compute,Server,90,Seconds,2024-03-01T11:00:00Z,2024-03-01T12:00:00Z,a,i2,"{}",1',
        'Usage,,Compute,Function,90,Seconds,2024-03-01T11:00:00Z,2024-03-01T12:00:00Z,a,f,"{}",1',
        'Usage,,Compute,Instance,3,GB,2024-03-01T11:00:00Z,2024-03-01T12:00:00Z,a,i2,"{}",1',
        'Usage,Correction,Compute,Instance,7,Hours,2024-03-01T10:00:00Z,2024-03-01T11:00:00Z,a,i1,"{}",1',
        'Tax,,Compute,Instance,7,Hours,2024-03-01T10:00:00Z,2024-03-01T11:00:00Z,a,i1,"{}",1',
        'Usage,,Storage,Disk,7,Hours,2024-03-01T10:00:00Z,2024-03-01T11:00:00Z,a,d1,"{}",1',
      ].join('\n'),
    [],
    { rows: 8, read: 3, unitSeconds: '5490' },
    '3 5490.000',
  ],
  [
    'a Cost and Usage Report of AWS',
    'aws-cur',
    'lineItem/LineItemType,lineItem/UsageType,lineItem/UsageStartDate,lineItem/UsageEndDate,lineItem/UsageAmount,lineItem/UsageAccountId,lineItem/ResourceId,lineItem/LineItemDescription,product/instanceType,pricing/unit\n' +
      [
        'Usage,BoxUsage:m5,2024-03-01T10:00:00Z,2024-03-01T11:00:00Z,1.0000000000,1,i1,"$0.1 per ""m5"", Linux",m5,Hrs',
        'DiscountedUsage,BoxUsage:m5,2024-03-01T11:00:00Z,2024-03-01T12:00:00Z,0.25,1,i1,,m5,Hrs',
        'Usage,DataTransfer,2024-03-01T10:00:00Z,2024-03-01T11:00:00Z,9,1,i1,,,GB',
        'Tax,BoxUsage:m5,2024-03-01T10:00:00Z,2024-03-01T11:00:00Z,1,1,i1,,m5,Hrs',
      ].join('\n'),
    [],
    { rows: 4, read: 2, unitSeconds: '4500' },
    '2 4500.000',
  ],
  [
    'a CSV of civil times with a row without an end, one of other fields, and a quantity that is none',
    'csv',
    'Start;Stop;n\n2024-02-28 23:00:00;2024-03-01 01:00:30.5;2\n2024-12-31 23:59:59;2025-01-01 00:00:01;1\n2024-05-01 10:00;;4\nx;y\n2024-05-01 10:00;2024-05-01 11:00;some\n',
    ['--map', 'at=Start,end=Stop,quantity=n'],
    { read: 3, unitSeconds: '187263', skipped: { fields: 1, 'unreadable quantity': 1 }, written: { endless: 1 } },
    '3 187263.000',
  ],
]

test.each(asAwk)(
  '%s: totals are those that awk finds in the log and in the trace',
  async (_, format, log, options, read, check) => {
    const { manifest, checks } = await imported(format, `${log}\n`, options)
    expect(manifest).toMatchObject(read)
    expect(checks).toEqual([check, `${manifest.written.orders} ${Number(manifest.written.serverSeconds).toFixed(3)}`])
  },
)

test.each([
  [
    'times of two offsets',
    'a,b\n2024-03-01T10:00:00Z,2024-03-01T11:00:00Z\n2024-03-01T10:00:00,2024-03-01T11:00:00\n',
    '+02:00',
  ],
  ['a place whose clocks change', 'a,b\n2024-03-31 01:00:00,2024-03-31 03:00:00\n', 'Europe/Berlin'],
  ['a field of two lines', 'a,b,c\n2024-03-31 01:00:00,2024-03-31 03:00:00,"x\ny"\n', '+00:00'],
])('%s: no command is printed that would find something else', async (_, log, zone) => {
  const { checks } = await imported('csv', log, ['--map', 'at=a,end=b', '--time-zone', zone])
  expect(checks).toHaveLength(1)
})
