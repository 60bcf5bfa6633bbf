// desk.ts
import { Kernel, Resource, WorkingHours } from '#engine/index.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const utcPlus8 = 8 * HOUR
const monday = Date.UTC(2026, 5, 1) - utcPlus8
const weekdays = [0, 1, 2, 3, 4].map((day) => ({ day, from: 9 * HOUR, to: 17 * HOUR }))
const hours = new WorkingHours(weekdays, utcPlus8)

const kernel = new Kernel({ start: monday })
const tell = (what: string) => {
  const minutes = (kernel.now - monday) / MINUTE
  console.log(`${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')} ${what}`)
}
const repairs = new Map<number, number>()
const desk = new Resource(kernel, 'desk', {
  capacity: 1,
  discipline: 'priority',
  preemptive: true,
  hours,
  granted: (job, ticket) => {
    tell(`job ${job} is taken up`)
    repairs.set(ticket, kernel.after(90 * MINUTE, repaired, job, ticket))
  },
  reneged: (job) => tell(`job ${job} has waited long enough`),
  preempted: (job, ticket) => {
    tell(`job ${job} is put aside, to begin again`)
    kernel.cancel(repairs.get(ticket)!)
    desk.request(job, 2)
  },
})
const repaired = kernel.on('repaired', 1, (job, ticket) => {
  tell(`job ${job} is done`)
  desk.release(ticket)
})
const opened = kernel.on('opened', 4, (job, priority, patience) => {
  desk.request(job, priority, patience > 0 ? patience : undefined)
})

kernel.at(monday + 8 * HOUR, opened, 1, 2)
kernel.at(monday + 9 * HOUR, opened, 2, 2, 60 * MINUTE)
kernel.at(monday + 10 * HOUR, opened, 3, 1)
kernel.runUntil(monday + 24 * HOUR)
console.log(`in use ${(100 * desk.usage!.utilization(kernel.now)).toFixed(2)} % of the time it was open`)
