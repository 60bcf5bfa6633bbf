/** The queues with several servers once more, through the engine's own resources and their statistics. */
import { distribution } from '#engine/random/distribution.ts'
import { erlangC } from '../formulas.ts'
import { type Model, SERVICE } from '../model.ts'
import { runResource, type Seen } from '../resource-drive.ts'
import { classesOf, cobham, erlangA, mmc, poissonArrivals, SHARES } from './multi-server.ts'

const service = distribution({ exponential: { mean: SERVICE } })

const readQueue = ({ usage }: Seen, now: number) => ({
  'mean wait': usage.wait.mean / SERVICE,
  'mean queue': usage.queue.mean(now),
  'mean busy': usage.busy.mean(now),
  'mean number present': usage.queue.mean(now) + usage.busy.mean(now),
})

/** A model of another file by another simulation; what that does not tell is left out of the theory. */
function through(model: Model, simulate: Model['simulate'], without?: string): Model {
  const theory = () => Object.fromEntries(Object.entries(model.theory()).filter(([quantity]) => quantity !== without))
  return { ...model, name: `Resource: ${model.name}`, theory, simulate }
}

/** The longest wait goes first, which the variance of the waits shows and no mean does. */
function withVariance(model: Model, servers: number, load: number): Model {
  const delayed = erlangC(servers, load)
  const rate = servers - load
  const theory = () => ({ ...model.theory(), 'variance of the wait': (delayed * (2 - delayed)) / rate ** 2 })
  const simulate: Model['simulate'] = (size, streams) =>
    runResource(size, streams, poissonArrivals(load), { servers, service }, (seen, now) => ({
      ...readQueue(seen, now),
      'variance of the wait': seen.usage.wait.variance / SERVICE ** 2,
    }))
  return through({ ...model, theory }, simulate, 'share delayed')
}

const single = withVariance(mmc(1, 0.7), 1, 0.7)
const waiting = withVariance(mmc(5, 4), 5, 4)

const impatience = distribution({ exponential: { mean: SERVICE / 0.5 } })

const impatient = through(
  erlangA(5, 6, 0.5),
  (size, streams) =>
    runResource(size, streams, poissonArrivals(6), { servers: 5, service, patience: impatience }, (seen, now) => ({
      ...readQueue(seen, now),
      'mean wait': seen.waits[0].mean / SERVICE,
      'share abandoned': seen.usage.reneged / seen.usage.requests,
    })),
  'share delayed',
)

const prioritised = through(
  cobham('M/M/4 with 3 priorities, 3.2 erlangs', 4, 3.2, service, erlangC(4, 3.2) / 4),
  (size, streams) => {
    const classOf = classesOf(size, streams.stream('classes'))
    const plan = { servers: 4, service, classOf, classes: SHARES.length }
    return runResource(size, streams, poissonArrivals(3.2), plan, ({ usage, waits }, now) => ({
      ...Object.fromEntries(waits.map(({ mean }, k) => [`mean wait of class ${k + 1}`, mean / SERVICE])),
      'mean queue': usage.queue.mean(now),
    }))
  },
)

export const throughResources: readonly Model[] = [single, waiting, impatient, prioritised]
