/**
 * Ten machines that break, and one repairman, who puts other jobs aside for a repair. After SimPy's example "Machine
 * Shop".
 */
import { acquire, hold, Interrupted, Preempted, type Process, Simulation } from '#engine/index.ts'

export function run(seed: string, print = console.log, weeks = 4) {
  const sim = new Simulation({ seed, unit: 'minute' })
  const repairman = sim.resource('repairman', { capacity: 1, discipline: 'priority', preemptive: true })
  const partTime = sim.sampler('parts', { normal: { mean: 10, sd: 2 } })
  const upTime = sim.sampler('failures', { exponential: { mean: 300 } })
  const machines = Array.from({ length: 10 }, () => ({ parts: 0, broken: false }))
  let jobs = 0

  function* working(machine: (typeof machines)[number]): Process {
    for (;;) {
      for (let left = Math.max(0, partTime()); left > 0; ) {
        const start = sim.now
        try {
          yield hold(left)
          left = 0
        } catch (error) {
          if (!(error instanceof Interrupted)) throw error
          left -= sim.now - start
          machine.broken = true
          const ticket = yield acquire(repairman, 1)
          yield hold(30)
          repairman.release(ticket)
          machine.broken = false
        }
      }
      machine.parts++
    }
  }

  function* breaking(machine: (typeof machines)[number], work = sim.start(working(machine))): Process {
    for (;;) {
      yield hold(upTime())
      if (!machine.broken) work.interrupt()
    }
  }

  function* otherJobs(): Process {
    for (let left = 30; ; left = left > 0 ? left : 30) {
      const ticket = yield acquire(repairman, 2)
      const start = sim.now
      try {
        yield hold(left)
        left = 0
        jobs++
      } catch (error) {
        if (!(error instanceof Preempted)) throw error
        left -= sim.now - start
      }
      repairman.release(ticket)
    }
  }

  for (const machine of machines) sim.start(breaking(machine))
  sim.start(otherJobs())
  sim.run(weeks * 7 * 24 * 60)
  for (const [i, { parts }] of machines.entries()) print(`machine ${i + 1} made ${parts} parts`)
  return { parts: machines.reduce((sum, { parts }) => sum + parts, 0), jobs }
}

if (import.meta.main) run('machine shop')
