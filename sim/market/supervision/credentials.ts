/**
 * What a buyer signs in with (S-11). Nothing of it is kept: it is made again from the run's seed whenever it is asked
 * for, so that no table, snapshot, record or report can hold a password.
 */
import { inspect } from 'node:util'
import { type Stream, Streams } from '#engine/random/streams.ts'
import { MASK } from '../../record/masked-credentials.ts'

/** Letters and digits that cannot be confused. */
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789'
const LENGTH = 20

/** What views, exports and reports show. */
export interface MaskedCredentials {
  readonly userName: string
  readonly password: typeof MASK
  readonly managementUrl: string
  readonly frontEndUrl: string
  readonly guideUrl: string
}

export class AppCredentials {
  readonly userName: string
  readonly managementUrl: string
  readonly frontEndUrl: string
  readonly guideUrl: string
  readonly #password: string

  constructor(order: number, product: string, stream: Stream) {
    this.userName = `app-${order}`
    this.managementUrl = `https://manage.app-${order}.invalid/`
    this.frontEndUrl = `https://app-${order}.invalid/`
    this.guideUrl = `https://guides.invalid/${product}`
    this.#password = Array.from({ length: LENGTH }, () => ALPHABET[stream.below(ALPHABET.length)]).join('')
  }

  /** The initial password in the clear, for the buyer's eye alone. */
  reveal(): string {
    return this.#password
  }

  /** The same with the password masked: what everything but `reveal` gives. */
  masked(): MaskedCredentials {
    const { userName, managementUrl, frontEndUrl, guideUrl } = this
    return { userName, password: MASK, managementUrl, frontEndUrl, guideUrl }
  }

  toJSON(): MaskedCredentials {
    return this.masked()
  }

  toString(): string {
    return `${this.userName} ${MASK}`
  }

  [inspect.custom](): MaskedCredentials {
    return this.masked()
  }
}

/** The credentials of a completed order of a supervised SaaS product, the same each time for one seed. */
export function credentialsOf(seed: string, replication: number, order: number, product: string): AppCredentials {
  // Streams of their own: those of the run are part of its snapshots.
  return new AppCredentials(order, product, new Streams(seed, replication).stream(`credentials/${order}`))
}
