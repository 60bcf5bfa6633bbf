/** A cable that delays what is sent through it, outside of sender and receiver. After SimPy's example "Event Latency". */
import { hold, type Process, Simulation } from '#engine/index.ts'

export function run(seed: string, print = console.log) {
  const sim = new Simulation({ seed })
  const cable = sim.store<string>('cable')
  let received = 0

  function* transmission(message: string): Process {
    yield hold(10)
    cable.put(message)
  }

  function* sender(): Process {
    for (;;) {
      yield hold(5)
      sim.start(transmission(`sent at ${sim.now}`))
    }
  }

  function* receiver(): Process {
    for (;;) {
      const message = yield* cable.get()
      received++
      print(`received at ${sim.now}: ${message}`)
    }
  }

  sim.start(sender())
  sim.start(receiver())
  sim.run(100)
  return { received }
}

if (import.meta.main) run('latency')
