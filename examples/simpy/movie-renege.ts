/** One counter sells tickets for three movies; when one is sold out, who waits for it leaves. After SimPy's "Movie Renege". */
import { acquire, anyOf, hold, type Process, Simulation } from '#engine/index.ts'

export function run(seed: string, print = console.log) {
  const sim = new Simulation({ seed, unit: 'minute' })
  const counter = sim.resource('counter', 1)
  const choice = sim.stream('choices')
  const gap = sim.sampler('gaps', { exponential: { mean: 0.5 } })
  const movies = ['Generators Unchained', 'Kill Process', 'Heap Fiction'].map((name) => ({
    name,
    tickets: 50,
    left: 0,
    soldOut: sim.event(`${name} sold out`),
  }))

  function* moviegoer(): Process {
    const movie = movies[choice.below(3)]
    const wanted = 1 + choice.below(6)
    if (movie.tickets === 0) return
    const { index, value: ticket } = yield anyOf(acquire(counter), movie.soldOut)
    if (index === 1) {
      movie.left++
      return
    }
    if (movie.tickets >= wanted) {
      movie.tickets -= wanted
      if (movie.tickets < 2) {
        movie.tickets = 0
        movie.soldOut.succeed()
      }
      yield hold(1)
    } else yield hold(0.5)
    counter.release(ticket)
  }

  sim.source(gap, moviegoer)
  sim.run(120)
  for (const { name, soldOut, left } of movies) {
    if (soldOut.triggered)
      print(`${name}: sold out after ${soldOut.time.toFixed(1)} minutes, ${left} people leave the queue`)
  }
  const sold = movies.filter(({ soldOut }) => soldOut.triggered)
  const total = (figure: (movie: (typeof movies)[number]) => number) =>
    sold.reduce((sum, each) => sum + figure(each), 0)
  return {
    soldOut: sold.length,
    left: total(({ left }) => left),
    time: total(({ soldOut }) => soldOut.time) / sold.length,
  }
}

if (import.meta.main) run('movies')
