/**
 * Stopping and starting servers (E-01): an owner with this habit stops a server from time to time; an owner whose server
 * came back stopped, or could not be started, tries until it runs.
 */

import { HOUR } from '#base/time.ts'
import type { Distribution } from '#engine/random/distribution.ts'
import type { Row } from '../cell/table.ts'
import { instance } from '../market/servers/instance.ts'
import { restart, stop } from '../market/servers/running.ts'
import type { Servers } from '../market/servers/servers.ts'
import { Behaviour, type Declared, type Habit, habitFrom } from './behaviour.ts'
import { drawDuration, durationDistribution } from './draws.ts'
import type { StreamOf } from './stream-of.ts'

/** A full pool is asked again after this time, so that the refusals add up to the hours that were lost. */
const RETRY = HOUR

type StopHabit = Habit & { readonly pause: Distribution; readonly repeat: boolean }

/** The two behaviours share a timer for each server: its owner's next action, which replaces any other. */
export class StopsAndStarts {
  readonly stopping: Behaviour<Servers, 'instances', StopHabit>
  readonly starting: Behaviour<Servers, 'instances'>

  constructor(market: Servers, streamOf: StreamOf) {
    this.stopping = new Behaviour(market, streamOf, this.#stopping())
    this.starting = new Behaviour(market, streamOf, this.#starting())
    market.launched.connect((row) => {
      if (this.stopping.consider(row)) market.instances.stops[row] = 1
    })
    // A server is stopped: after a freeze, or with a new image (E-07).
    const startAgain = (row: Row<'instances'>): void => {
      if (market.instances.wanted[row] === 1) this.starting.schedule(row, 0)
    }
    market.unfrozen.connect(startAgain)
    market.imageReplaced.connect(startAgain)
  }

  /** Whether a server will be stopped at all is decided once, when it has been created. */
  #stopping(): Declared<Servers, 'instances', StopHabit> {
    return {
      timer: 'buyerStops',
      stream: 'stopping',
      habit: ({ habits: { stopStart } }) => ({
        ...habitFrom(stopStart),
        pause: durationDistribution(stopStart.pause),
        repeat: stopStart.repeat,
      }),
      account: ({ instances }) => instances.account,
      pending: ({ instances }) => instances.habitTimer,
      act: (market, row, behaviour) => {
        const { instances } = market
        const { pause, repeat } = behaviour.habit(row)
        // A frozen server cannot be stopped; the schedule continues when it runs again.
        if (instances.state[row] === instance.state.suspended) return
        instances.wanted[row] = 0
        if (!repeat) instances.stops[row] = 0
        stop(market, row, 'E-01')
        this.starting.schedule(row, drawDuration(pause, behaviour.stream(row)))
      },
    }
  }

  /** The owner wants it to run: now, or as soon as it is stopped and neither frozen nor being changed. */
  #starting(): Declared<Servers, 'instances'> {
    return {
      timer: 'buyerRestarts',
      stream: 'stopping',
      habit: ({ habits: { stopStart } }) => ({ after: durationDistribution(stopStart.pause) }),
      account: ({ instances }) => instances.account,
      pending: ({ instances }) => instances.habitTimer,
      act: (market, row, behaviour) => {
        const { instances } = market
        instances.wanted[row] = 1
        if (instances.state[row] !== instance.state.stopped) return
        if (!restart(market, row)) behaviour.schedule(row, RETRY)
        else if (instances.stops[row] === 1)
          this.stopping.schedule(row, drawDuration(this.stopping.habit(row).after, behaviour.stream(row)))
      },
    }
  }
}
