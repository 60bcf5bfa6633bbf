/** Which pool a command is asked to use, read from its options and the environment. */
import { InputError } from '#base/input-error.ts'
import type { Arguments } from '../command.ts'
import { POOL_VARIABLE, type PoolAddress, type PoolOptions, poolAddress } from './address.ts'

export interface PoolRequest extends PoolOptions {
  /** As it was given; it may contain a password. */
  readonly url: string
}

export const poolOptions = {
  pool: {
    type: 'string',
    describe: 'redis://HOST, rediss://HOST or postgres://USER@HOST/DATABASE: workers on any machines make the runs',
  },
  'pool-password-file': {
    type: 'string',
    describe: 'a file with the password of the pool (else MARKETSIM_POOL_PASSWORD)',
  },
  'tls-ca': { type: 'string', describe: 'a file with the CA certificate of the pool (PEM)' },
} as const

/** The pool of `--pool`; undefined without it. */
export function poolRequest(arguments_: Arguments): PoolRequest | undefined {
  const url = arguments_.filled('pool', 'write --pool redis://HOST:6379')
  const passwordFile = arguments_.filled('pool-password-file', 'write --pool-password-file and a file')
  const tlsCa = arguments_.filled('tls-ca', 'write --tls-ca and a file')
  return url === undefined ? undefined : { url, passwordFile, tlsCa }
}

/** The pool of `--pool`, else of the environment. Throws InputError where there is none. */
export function poolOf(command: string, arguments_: Arguments): PoolAddress {
  const request = poolRequest(arguments_)
  const url = request?.url ?? process.env[POOL_VARIABLE]
  if (url === undefined || url === '')
    throw new InputError(`${command} needs a pool`, `write --pool redis://HOST:6379, or set ${POOL_VARIABLE}`)
  return poolAddress(url, {
    passwordFile: arguments_.text('pool-password-file'),
    tlsCa: arguments_.text('tls-ca'),
  })
}

export const addressOf = (request: PoolRequest): PoolAddress => poolAddress(request.url, request)

/** The same as it may be written into a file: without a password. */
export const withoutPassword = (request: PoolRequest): PoolRequest => ({ ...request, url: addressOf(request).shown })
