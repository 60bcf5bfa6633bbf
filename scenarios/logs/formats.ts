/** The formats of logs that can be imported, as data: where each says what, and in which units. */
import type { LogRow } from './log-row.ts'
import type { TimeUnit } from './log-times.ts'
import type { ColumnMap } from './usage.ts'

export type Container = 'csv' | 'spaces' | 'json' | 'parquet'

/** Which values of a column, if the log has it, begin and end a use. */
export interface LogEventKinds {
  readonly column: string
  readonly begin: readonly string[]
  readonly end: readonly string[]
}

/** A column as awk reads it, by its name. */
export type AwkColumns = (name: string) => string

export interface LogFormat {
  readonly name: string
  /** One line for the help. */
  readonly text: string
  readonly container: Container
  /** Where the format has no header: names of the columns by the number of fields of the first row; null: the first line names them. */
  readonly names?: (fields: number, first: LogRow | null) => readonly string[] | null
  readonly columns: ColumnMap
  /** Roles without which nothing can be read; each entry lists alternatives. */
  readonly needs: readonly (readonly (keyof ColumnMap)[])[]
  /** Unit of times that are numbers; undefined: seconds, or by the number of digits where they count from the epoch. */
  readonly unit?: TimeUnit
  readonly lifetimeUnit?: TimeUnit
  /** Unit of numbers too small to count from the epoch, and of lifetimes next to times that are no numbers; seconds without it. */
  readonly smallUnit?: TimeUnit
  /** Numbers from 0 on without a date: --origin, or the log's own header says when 0 was. */
  readonly isRelative: boolean
  /** What means "not known", besides nothing at all. */
  readonly unknown: readonly string[]
  /** Why a row is no use of servers, or null; `get` reads a column. */
  readonly reject?: (get: (column: string) => string) => string | null
  /** What `reject` lets pass, as a condition in awk. */
  readonly takes?: (column: AwkColumns) => string
  /** An awk program that counts the rows that are read and sums their unit-seconds, where the format has one of its own. */
  readonly awk?: string
  /** Rows are events: a use is from a beginning to the next end of its resource. */
  readonly events?: readonly LogEventKinds[]
  /** Rows of one resource that follow each other without a gap are one use, as the hours of a bill. */
  readonly joins?: boolean
  /** Columns that name a row: one that has come before was sent twice. */
  readonly identity?: readonly string[]
  /** A resource has one row. */
  readonly isUnique?: boolean
}

const swfNames =
  'job submit wait run allocated cpu memory requested requestedTime requestedMemory status user group executable queue partition preceding think'.split(
    ' ',
  )

const swf: LogFormat = {
  name: 'swf',
  text: 'Standard Workload Format of the Parallel Workloads Archive',
  container: 'spaces',
  names: () => swfNames,
  columns: {
    at: ['submit'],
    wait: ['wait'],
    lifetime: ['run'],
    quantity: ['allocated', 'requested'],
    account: ['user', 'group'],
    resource: ['job'],
  },
  needs: [['at'], ['lifetime']],
  unit: 's',
  isRelative: true,
  unknown: ['-1'],
  isUnique: true,
  awk: `!/^[ \\t]*[;#]/ && NF >= 18 && $2 != -1 && $4 >= 0 { q = $5 != -1 ? $5 : $8; if (q > 0) { n++; s += $4 * q } } END { printf "%d %.3f\\n", n, s }`,
}

const csv: LogFormat = {
  name: 'csv',
  text: 'any CSV, with --map at=COLUMN,lifetime=COLUMN,…',
  container: 'csv',
  columns: {},
  needs: [['at']],
  isRelative: false,
  unknown: ['NULL', 'null', 'NaN', 'N/A'],
}

const gwf: LogFormat = {
  name: 'gwf',
  text: 'Grid Workload Format, as CSV with a header',
  container: 'csv',
  columns: {
    at: ['SubmitTime'],
    wait: ['WaitTime'],
    lifetime: ['RunTime'],
    quantity: ['NProcs', 'ReqNProcs'],
    account: ['UserID'],
    resource: ['JobID'],
  },
  needs: [['at'], ['lifetime']],
  unit: 's',
  isRelative: true,
  unknown: ['-1'],
}

/** Iosup et al., OpenDC 2.0, 2021. */
const opendc: LogFormat = {
  name: 'opendc',
  text: 'OpenDC traces: tasks in Parquet',
  container: 'parquet',
  columns: {
    at: ['submission_time', 'start_time'],
    end: ['stop_time', 'end_time'],
    lifetime: ['duration'],
    account: ['user_id'],
    resource: ['id'],
    quantity: ['cpu_count'],
  },
  needs: [['at'], ['lifetime', 'end']],
  // Milliseconds by its documentation, but some of its traces are in seconds since the epoch.
  smallUnit: 'ms',
  isRelative: false,
  unknown: [],
  isUnique: true,
}

const isNumber = (text: string | undefined): boolean => /^-?\d+(\.\d+)?$/.test(text ?? '')
const azureNames =
  'vmid subscriptionid deploymentid vmcreated vmdeleted maxcpu avgcpu p95maxcpu vmcategory vmcorecount vmmemory'.split(
    ' ',
  )

/** Cortez et al., Resource Central, 2017; the trace of 2019 has the same columns. */
const azure: LogFormat = {
  name: 'azure',
  text: 'vmtable of the Azure public dataset, without header',
  container: 'csv',
  names: (fields, first) => (fields >= azureNames.length && isNumber(first?.text(3)) ? azureNames : null),
  columns: {
    at: ['vmcreated'],
    end: ['vmdeleted'],
    account: ['subscriptionid'],
    resource: ['vmid'],
    flavour: ['vmcorecount+vmmemory', 'vmcorecountbucket+vmmemorybucket'],
  },
  needs: [['at'], ['end']],
  unit: 's',
  isRelative: true,
  unknown: [],
  isUnique: true,
}

/** Names of the columns by their number; of two tables with as many, the second where the sixth column of the first is no time. */
const alibabaTables: Readonly<Record<number, string>> = {
  6: 'job_name inst_id user status start_time end_time',
  8: 'create_timestamp modify_timestamp job_id task_id instance_num status plan_cpu plan_mem',
  9: 'task_name instance_num job_name task_type status start_time end_time plan_cpu plan_mem',
  10: 'job_name task_name inst_num status start_time end_time plan_cpu plan_mem plan_gpu gpu_type',
  12: 'start_timestamp end_timestamp job_id task_id machine_id status seq_no total_seq_no real_cpu_max real_cpu_avg real_mem_max real_mem_avg',
  14: 'instance_name task_name job_name task_type status start_time end_time machine_id seq_no total_seq_no cpu_avg cpu_max mem_avg mem_max',
}

/** `pai_instance_table`. */
const alibabaInstances = 'job_name task_name inst_name worker_name inst_id status start_time end_time machine'

/** Tables of jobs, tasks and instances, each with its number of fields; a first line of names is read as one. */
const alibaba: LogFormat = {
  name: 'alibaba',
  text: 'batch_task, batch_instance (2017, 2018), pai_task_table, pai_instance_table and pai_job_table (2020) of the Alibaba cluster traces',
  container: 'csv',
  names: (fields, first) => {
    const isInstances = fields === 9 && !/^[\d.]*$/.test(first?.text(5) ?? '')
    const names = (isInstances ? alibabaInstances : alibabaTables[fields])?.split(' ')
    const at = names?.findIndex((name) => /^(start_time|create_timestamp|start_timestamp)$/.test(name)) ?? -1
    const isData = first !== null && !names?.includes(first.text(at).toLowerCase())
    return names !== undefined && isData ? names : null
  },
  columns: {
    at: ['start_time', 'create_timestamp', 'start_timestamp'],
    end: ['end_time', 'modify_timestamp', 'end_timestamp'],
    quantity: ['instance_num', 'inst_num'],
    account: ['user'],
    resource: ['instance_name', 'worker_name', 'job_name+task_name', 'job_id+task_id', 'job_name'],
    flavour: ['plan_cpu'],
  },
  needs: [['at'], ['end']],
  unit: 's',
  isRelative: true,
  // A task that waits has no start, one that runs no end.
  unknown: ['0', '0.0', '-1', 'NULL', 'None', 'nan'],
}

/** Weng et al., Beware of Fragmentation, 2023, and the trace of 2025: pods of a cluster of GPUs. A pod that was never scheduled has used nothing. */
const alibabaGpu: LogFormat = {
  name: 'alibaba-gpu',
  text: 'openb_pod_list (2023) and disaggregated_DLRM_trace (2025) of the Alibaba GPU cluster traces: a use is from the scheduling of a pod to its deletion',
  container: 'csv',
  columns: {
    at: ['scheduled_time'],
    end: ['deletion_time'],
    account: ['app_name'],
    resource: ['name', 'instance_sn'],
    flavour: ['cpu_milli+memory_mib+num_gpu', 'cpu_request+memory_request+gpu_request'],
  },
  needs: [['at'], ['end']],
  unit: 's',
  isRelative: true,
  unknown: ['NaN', 'nan'],
  isUnique: true,
}

const googleTasks =
  'time missing_info job_id task_index machine_id event_type user scheduling_class priority cpu_request memory_request disk_space different_machine'.split(
    ' ',
  )

/** Reiss, Wilkes, Hellerstein, 2011 (task_events), and Wilkes et al., 2019 (instance_events). */
const google: LogFormat = {
  name: 'google',
  text: 'task_events (2011) and instance_events (2019, JSON lines or CSV with a header) of the Google cluster traces',
  container: 'csv',
  names: (fields, first) => (fields === googleTasks.length && isNumber(first?.text(0)) ? googleTasks : null),
  columns: {
    at: ['time'],
    account: ['user'],
    resource: ['job_id+task_index', 'collection_id+instance_index'],
  },
  needs: [['at'], ['resource']],
  unit: 'us',
  isRelative: true,
  // 2^63 - 1: after the trace.
  unknown: ['9223372036854775807'],
  events: [
    { column: 'event_type', begin: ['1'], end: ['2', '3', '4', '5', '6'] },
    {
      column: 'type',
      begin: ['3', 'SCHEDULE'],
      end: ['4', '5', '6', '7', '8', 'EVICT', 'FAIL', 'FINISH', 'KILL', 'LOST'],
    },
  ],
}

/** Legacy reports write `lineItem/UsageAmount`, CUR 2.0 `line_item_usage_amount`: columns are compared without punctuation. */
const awsCur: LogFormat = {
  name: 'aws-cur',
  text: 'AWS Cost and Usage Report, legacy or 2.0: hours of instances',
  container: 'csv',
  columns: {
    at: ['line_item_usage_start_date'],
    end: ['line_item_usage_end_date'],
    hours: ['line_item_usage_amount'],
    unit: ['pricing_unit'],
    account: ['line_item_usage_account_id'],
    resource: ['line_item_resource_id'],
    flavour: ['product_instance_type'],
    zone: ['line_item_availability_zone', 'product_region_code', 'product_region'],
    product: ['product_operating_system', 'product.operating_system', 'line_item_product_code'],
    cost: ['line_item_unblended_cost'],
    currency: ['line_item_currency_code'],
  },
  needs: [['at'], ['end'], ['hours']],
  isRelative: false,
  unknown: ['NULL'],
  joins: true,
  reject: (get) => {
    const [type, usage, instance] = [
      get('line_item_line_item_type'),
      get('line_item_usage_type'),
      get('product_instance_type'),
    ]
    if (type !== '' && !/^(Usage|DiscountedUsage|SavingsPlanCoveredUsage)$/.test(type)) return `line of type ${type}`
    const isServer = instance !== '' || /BoxUsage|SpotUsage|DedicatedUsage/.test(usage)
    return isServer ? null : 'not hours of an instance'
  },
  takes(column) {
    const [type, usage, instance] = ['line_item_line_item_type', 'line_item_usage_type', 'product_instance_type'].map(
      column,
    )
    return `(${type} == "" || ${type} ~ /^(Usage|DiscountedUsage|SavingsPlanCoveredUsage)$/) && (${instance} != "" || ${usage} ~ /BoxUsage|SpotUsage|DedicatedUsage/)`
  },
}

/** FinOps Open Cost and Usage Specification: none of these columns changed from 1.0 to 1.4. */
const focus: LogFormat = {
  name: 'focus',
  text: 'FOCUS 1.0 to 1.4: hours of the service category Compute',
  container: 'csv',
  columns: {
    at: ['ChargePeriodStart'],
    end: ['ChargePeriodEnd'],
    hours: ['ConsumedQuantity'],
    unit: ['ConsumedUnit'],
    account: ['SubAccountId', 'BillingAccountId'],
    resource: ['ResourceId'],
    flavour: ['SkuId'],
    zone: ['AvailabilityZone', 'RegionId'],
    product: ['ServiceName'],
    cost: ['BilledCost'],
    currency: ['BillingCurrency'],
  },
  needs: [['at'], ['end'], ['hours']],
  isRelative: false,
  unknown: ['NULL', 'null'],
  joins: true,
  reject: (get) => {
    const [category, kind, service] = [get('ChargeCategory'), get('ChargeClass'), get('ServiceCategory')]
    if (category !== 'Usage') return `charge category ${category}`
    if (kind === 'Correction') return 'correction'
    // Seconds of a server are its use; those of a function or a query are not.
    const isTimed = /^(seconds?|minutes?)$/i.test(get('ConsumedUnit'))
    if (isTimed && !/server|virtual machine|instance/i.test(get('ResourceType')))
      return 'measured in other units than hours'
    return service === 'Compute' ? null : `service category ${service}`
  },
  takes(column) {
    const server = `tolower(${column('ResourceType')}) ~ /server|virtual machine|instance/`
    const isTimed = `tolower(${column('ConsumedUnit')}) ~ /^(seconds?|minutes?)$/`
    return `${column('ChargeCategory')} == "Usage" && ${column('ChargeClass')} != "Correction" && ${column('ServiceCategory')} == "Compute" && (!(${isTimed}) || ${server})`
  },
}

const jsonl: LogFormat = { ...csv, name: 'jsonl', text: 'JSON lines, with --map at=path.to.field,…', container: 'json' }

const cloudEvents: LogFormat = {
  name: 'cloudevents',
  text: 'CloudEvents 1.0 of usage, one JSON event or batch a line',
  container: 'json',
  columns: {
    at: ['data.start', 'data.startTime', 'data.start_time', 'time'],
    end: ['data.end', 'data.endTime', 'data.end_time'],
    lifetime: ['data.lifetime', 'data.duration', 'data.seconds', 'data.durationSeconds', 'data.duration_seconds'],
    hours: ['data.hours'],
    quantity: ['data.quantity', 'data.units', 'data.count'],
    account: ['data.account', 'subject'],
    resource: ['data.resource', 'data.resourceId', 'data.resource_id'],
    flavour: ['data.flavour', 'data.flavor', 'data.instanceType', 'data.instance_type'],
    zone: ['data.zone', 'data.region'],
    product: ['data.product'],
    cost: ['data.cost'],
    currency: ['data.currency'],
  },
  needs: [['at']],
  lifetimeUnit: 's',
  isRelative: false,
  unknown: [],
  identity: ['source', 'id'],
  reject: (get) => (get('specversion') === '' ? 'not a CloudEvent: no specversion' : null),
}

const all: readonly LogFormat[] = [
  swf,
  gwf,
  opendc,
  azure,
  google,
  alibaba,
  alibabaGpu,
  awsCur,
  focus,
  csv,
  jsonl,
  cloudEvents,
]

/** Every format by its name. */
export const logFormats: Readonly<Record<string, LogFormat>> = Object.fromEntries(all.map((each) => [each.name, each]))
export const formatNames: readonly string[] = all.map(({ name }) => name)
