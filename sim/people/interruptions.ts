/** What owners do with a server that was interrupted (E-11): give it up, or wait for room. */
import { distribution } from '#engine/random/distribution.ts'
import type { Interruptible } from '../market/interruptible/interruptible.ts'
import { awaitRoom, giveUp } from '../market/interruptible/interruptions.ts'
import type { StreamOf } from './stream-of.ts'

const choices = ['give-up', 'resume', 'restart'] as const

export function decideInterruptions(market: Interruptible, streamOf: StreamOf): void {
  const distributions = market.world.scenario.buyers.map(({ habits: { interrupted } }) =>
    distribution({
      discrete: { values: choices.map((_, index) => index), weights: choices.map((choice) => interrupted[choice]) },
    }),
  )
  market.interrupted.connect((row) => {
    const account = market.servers.instances.account[row]
    const choice = choices[distributions[market.accounts.segment[account]].sample(streamOf(account, 'interruption'))]
    if (choice === 'give-up') giveUp(market, row)
    else awaitRoom(market, row, choice === 'restart')
  })
}
