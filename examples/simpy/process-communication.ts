/** Messages from one to one and from one to many, through stores. After SimPy's example "Process Communication". */
import { allOf, hold, type Process, Simulation, type Store } from '#engine/index.ts'

type Message = { time: number; text: string }

export function run(seed: string, print = console.log, until = 100) {
  return {
    ...communicate(['A'], seed, print, until, 'one to one'),
    ...communicate(['A', 'B'], seed, print, until, 'one to many'),
  }
}

function communicate(consumers: string[], seed: string, print: typeof console.log, until: number, title: string) {
  const sim = new Simulation({ seed: `${seed}/${title}` })
  const pipes = consumers.map((name) => sim.store<Message>(`pipe to ${name}`))
  const seen = { received: 0, late: 0 }

  function* generator(gaps = sim.stream('gaps')): Process {
    for (;;) {
      yield hold(6 + gaps.below(5))
      const message = { time: sim.now, text: `hello at ${sim.now}` }
      yield allOf(...pipes.map((pipe) => pipe.put(message)))
    }
  }

  function* consumer(name: string, pipe: Store<Message>, works = sim.stream(`works of ${name}`)): Process {
    for (;;) {
      const { time, text } = yield* pipe.get()
      seen.received++
      if (time < sim.now) seen.late++
      print(`${String(sim.now).padStart(3)} ${name} receives${time < sim.now ? ' late' : ''}: ${text}`)
      yield hold(4 + works.below(5))
    }
  }

  print(title)
  sim.start(generator())
  for (const [i, name] of consumers.entries()) sim.start(consumer(name, pipes[i]))
  sim.run(until)
  return { [`received, ${title}`]: seen.received, [`late, ${title}`]: seen.late }
}

if (import.meta.main) run('communication')
