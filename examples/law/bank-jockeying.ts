/**
 * A bank with a queue before each teller. When a customer leaves, the last one of a longer queue nearby moves over. The doors
 * close after eight hours, and those inside are served. After Law and Kelton, section 2.6.
 */
import { hold, type Process, Simulation, Tally, TimeWeighted } from '#engine/index.ts'

export function run(seed: string, print = console.log) {
  const delays: Record<string, number> = {}
  print('tellers  average in queue  average delay  longest delay')
  for (const tellers of [4, 5, 6, 7]) {
    const [queue, delay, longest] = open(seed, tellers)
    delays[`delay, ${tellers} tellers`] = delay
    const cells = [queue.toFixed(3).padStart(18), delay.toFixed(3).padStart(15), longest.toFixed(3).padStart(15)]
    print(`${String(tellers).padStart(7)}${cells.join('')}`)
  }
  return delays
}

function open(seed: string, tellers: number): number[] {
  const sim = new Simulation({ seed, unit: 'minute' })
  const service = sim.sampler('services', { exponential: { mean: 4.5 } })
  const waiting = new TimeWeighted()
  const delays = new Tally()
  const call = () => sim.event<number>('called by a teller')
  /** Who is at each teller; the first one is being served. */
  const queues: ReturnType<typeof call>[][] = Array.from({ length: tellers }, () => [])
  const lengths = () => queues.map((queue) => queue.length)

  function* customer(): Process {
    const came = sim.now
    const called = call()
    let teller = lengths().indexOf(Math.min(...lengths()))
    queues[teller].push(called)
    if (queues[teller].length > 1) {
      waiting.add(sim.kernel.now, 1)
      teller = yield* called
      waiting.add(sim.kernel.now, -1)
    }
    delays.add(sim.now - came)
    yield hold(service())
    queues[teller].shift()
    queues[teller][0]?.succeed(teller)
    jockey(teller)
  }

  function jockey(to: number): void {
    const longer = [...queues.keys()].filter((from) => queues[from].length > queues[to].length + 1)
    const [from] = longer.sort((x, y) => Math.abs(x - to) - Math.abs(y - to) || x - y)
    if (from === undefined) return
    const called = queues[from].pop()!
    if (queues[to].push(called) === 1) called.succeed(to)
  }

  sim.source(sim.sampler('gaps', { exponential: { mean: 1 } }), customer, { until: 480 })
  sim.run()
  return [waiting.mean(sim.kernel.now), delays.mean, delays.max]
}

if (import.meta.main) run('jockeying')
