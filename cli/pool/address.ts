/** Where a pool is, and how to connect to it. Passwords never appear in messages, in files or in the command that repeats. */
import { existsSync, readFileSync } from 'node:fs'
import { InputError } from '#base/input-error.ts'

export type PoolKind = 'redis' | 'postgres'

/** Options of `tls.connect`, as both clients take them. */
export interface TlsOptions {
  readonly rejectUnauthorized: boolean
  readonly ca?: string
  /** `verify-ca`: the certificate is checked, its host name is not. */
  readonly checkServerIdentity?: () => undefined
}

export interface PoolAddress {
  readonly kind: PoolKind
  readonly host: string
  readonly port: number
  readonly user: string | undefined
  readonly password: string | undefined
  /** The number of a Redis database, or the name of a PostgreSQL database. */
  readonly database: string
  /** undefined: no TLS. */
  readonly tls: TlsOptions | undefined
  /** The address without its password, for messages and for `resume`. */
  readonly shown: string
  /** A text of a client without the password of this address. */
  readonly mask: (text: string) => string
}

/** What connecting takes besides the URL. */
export interface PoolOptions {
  readonly passwordFile: string | undefined
  readonly tlsCa: string | undefined
}

export const POOL_VARIABLE = 'MARKETSIM_POOL'
export const PASSWORD_VARIABLE = 'MARKETSIM_POOL_PASSWORD'

const kinds: Readonly<Record<string, { readonly kind: PoolKind; readonly port: number; readonly isTls: boolean }>> = {
  'redis:': { kind: 'redis', port: 6379, isTls: false },
  'rediss:': { kind: 'redis', port: 6379, isTls: true },
  'postgres:': { kind: 'postgres', port: 5432, isTls: false },
  'postgresql:': { kind: 'postgres', port: 5432, isTls: false },
}

const examples = 'write redis://HOST:6379, rediss://HOST:6379, or postgres://USER@HOST:5432/DATABASE'

function fileText(path: string, what: string): string {
  if (!existsSync(path)) throw new InputError(`there is no ${what}`, 'check the path', path)
  return readFileSync(path, 'utf8')
}

function urlOf(text: string): URL {
  const url = URL.parse(text)
  // The text may have a password in it, so it is not repeated.
  if (url === null) throw new InputError('--pool is not a URL', examples)
  if (!Object.hasOwn(kinds, url.protocol)) throw new InputError(`--pool takes no URL of '${url.protocol}'`, examples)
  if (url.hostname === '') throw new InputError('the URL of --pool has no host', examples)
  return url
}

/** `sslmode` of PostgreSQL, as libpq reads it. */
function tlsOf(url: URL, isTls: boolean, ca: string | undefined): TlsOptions | undefined {
  const verified = { rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) }
  const mode = url.searchParams.get('sslmode') ?? (isTls || ca !== undefined ? 'verify-full' : 'disable')
  switch (mode) {
    case 'disable':
      return undefined
    case 'require':
      return ca === undefined ? { rejectUnauthorized: false } : { ...verified, checkServerIdentity: () => undefined }
    case 'verify-ca':
      return { ...verified, checkServerIdentity: () => undefined }
    case 'verify-full':
      return verified
    default:
      throw new InputError(`sslmode=${mode} is unknown`, 'write sslmode=disable, require, verify-ca or verify-full')
  }
}

/**
 * Reads the URL of a pool. Its password comes from the URL, else from a file, else from the environment. Throws InputError,
 * which never contains a password.
 */
export function poolAddress(text: string, { passwordFile, tlsCa }: PoolOptions): PoolAddress {
  const url = urlOf(text)
  const { kind, port, isTls } = kinds[url.protocol]
  const password =
    url.password !== ''
      ? decodeURIComponent(url.password)
      : passwordFile !== undefined
        ? fileText(passwordFile, 'file of --pool-password-file').replace(/\r?\n$/, '')
        : process.env[PASSWORD_VARIABLE]
  const tls = tlsOf(url, isTls, tlsCa === undefined ? undefined : fileText(tlsCa, 'file of --tls-ca'))
  const secrets = [password, url.password].filter((each) => each !== undefined && each !== '') as string[]
  const shown = new URL(url)
  shown.password = ''
  return {
    kind,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? port : Number(url.port),
    user: url.username === '' ? undefined : decodeURIComponent(url.username),
    password,
    database: url.pathname.slice(1) || (kind === 'redis' ? '0' : 'postgres'),
    tls,
    shown: shown.href,
    mask: (message) => secrets.reduce((masked, secret) => masked.replaceAll(secret, '***'), message),
  }
}
