/**
 * Terminals that think and then send a job to one processor, which serves jobs in turns of 0.1 s with 0.015 s to swap. After
 * Law and Kelton, section 2.5.
 */
import { acquire, hold, type Process, Simulation, Tally } from '#engine/index.ts'

const [QUANTUM, SWAP] = [0.1, 0.015]

export function run(seed: string, print = console.log, jobs = 1000) {
  const results: Record<string, number> = {}
  print('terminals  response (s)  jobs in queue  utilization')
  for (let terminals = 10; terminals <= 80; terminals += 10) {
    const [response, queue, utilization] = share(seed, terminals, jobs)
    results[`response, ${terminals} terminals`] = response
    const cells = [response.toFixed(3).padStart(14), queue.toFixed(3).padStart(15), utilization.toFixed(3).padStart(13)]
    print(`${String(terminals).padStart(9)}${cells.join('')}`)
  }
  return results
}

function share(seed: string, terminals: number, jobs: number): number[] {
  const sim = new Simulation({ seed: `${seed}/${terminals}`, unit: 'second' })
  const processor = sim.resource('processor', 1)
  const thinking = sim.sampler('thinking', { exponential: { mean: 25 } })
  const service = sim.sampler('services', { exponential: { mean: 0.8 } })
  const responses = new Tally()
  const done = sim.event('enough jobs')

  function* terminal(): Process {
    for (;;) {
      yield hold(thinking())
      const sent = sim.now
      for (let left = service(); left > 0; left -= QUANTUM) {
        const ticket = yield acquire(processor)
        yield hold(Math.min(left, QUANTUM) + SWAP)
        processor.release(ticket)
      }
      responses.add(sim.now - sent)
      if (responses.count === jobs) done.succeed()
    }
  }

  for (let i = 0; i < terminals; i++) sim.start(terminal())
  while (!done.triggered) sim.run(sim.now + 1)
  const { meanQueue, utilization } = sim.summary(processor)
  return [responses.mean, meanQueue, utilization]
}

if (import.meta.main) run('computer')
