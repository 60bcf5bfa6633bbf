/** Requests to a metering service over HTTP, on connections that stay open. */
import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import { NetworkError } from '#base/input-error.ts'
import type { EventBody } from './cloud-events.ts'

/** The service cannot be reached, or answers no request. */
export class ServiceError extends NetworkError {
  override name = 'ServiceError'
}

/** A status, or the code of an error of the network: `ECONNREFUSED`, `timeout`. */
export type Answer = number | string

export interface ServiceAddress {
  readonly events: URL
  /** Where it lists its bills; undefined: they are not read. */
  readonly bills: URL | undefined
  /** Sent as `Authorization: Bearer`. */
  readonly token: string | undefined
  readonly connections: number
  readonly timeoutMs: number
}

/** A request that is sent again after its answer was lost, to a service that refuses what it has (Lago). */
export const ALREADY_THERE = 'already there'
const alreadyThere = /value_already_exist/
const MOST_OF_A_REFUSAL = 1 << 20

/** A larger answer would fill the memory. */
const MOST_BYTES = 1 << 30
/** Characters that are kept of what a service says to a request that it refuses. */
const REFUSAL_LENGTH = 300

export class ServiceClient {
  /** Why the service refused the first request that it did, in its own words. */
  refusal: string | null = null
  readonly address: ServiceAddress
  readonly #agents: { readonly 'http:': http.Agent; readonly 'https:': https.Agent }

  constructor(address: ServiceAddress) {
    const options = { keepAlive: true, maxSockets: address.connections, scheduling: 'lifo' as const }
    this.address = address
    this.#agents = { 'http:': new http.Agent(options), 'https:': new https.Agent(options) }
  }

  close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy()
  }

  /** Posts events; resolves in any case. */
  async post({ type, text }: EventBody): Promise<Answer> {
    const { events } = this.address
    try {
      const response = await this.#request(events, 'POST', { 'content-type': type }, text)
      const status = response.statusCode ?? 0
      let refusal = ''
      if (status < 400) response.resume()
      else
        response.setEncoding('utf8').on('data', (chunk: string) => {
          if (refusal.length < MOST_OF_A_REFUSAL) refusal += chunk
        })
      await ended(response)
      if (status === 422 && alreadyThere.test(refusal)) return ALREADY_THERE
      if (status >= 400) this.refusal ??= `${status}: ${refusal.slice(0, REFUSAL_LENGTH)}`
      return status
    } catch (error) {
      return codeOf(error)
    }
  }

  /** The text of a page. @throws ServiceError where it cannot be reached */
  async get(url: URL): Promise<{ readonly status: number; readonly type: string; readonly text: string }> {
    try {
      const response = await this.#request(url, 'GET', { accept: 'text/csv, application/json' })
      const chunks: Buffer[] = []
      let bytes = 0
      for await (const chunk of response) {
        bytes += (chunk as Buffer).length
        if (bytes > MOST_BYTES) throw new ServiceError(`${url.href} answers more than 1 GiB`, 'use a shorter load')
        chunks.push(chunk as Buffer)
      }
      const text = Buffer.concat(chunks).toString('utf8')
      return { status: response.statusCode ?? 0, type: response.headers['content-type'] ?? '', text }
    } catch (error) {
      throw error instanceof ServiceError ? error : unreachable(url, codeOf(error))
    }
  }

  #request(url: URL, method: string, headers: Record<string, string>, body?: string): Promise<IncomingMessage> {
    const { token, timeoutMs } = this.address
    const isSecure = url.protocol === 'https:'
    const options = {
      method,
      agent: this.#agents[isSecure ? 'https:' : 'http:'],
      timeout: timeoutMs,
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        ...headers,
        ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
    }
    return new Promise((resolve, reject) => {
      const request = (isSecure ? https : http).request(url, options, resolve)
      request.on('error', reject)
      request.end(body)
    })
  }
}

const ended = (response: IncomingMessage): Promise<void> =>
  new Promise((resolve, reject) => {
    response.on('end', resolve)
    response.on('error', reject)
    response.on('aborted', () => reject(Object.assign(new Error('aborted'), { code: 'ECONNRESET' })))
  })

const codeOf = (error: unknown): string => {
  const { code, name, cause } = error as NodeJS.ErrnoException & { cause?: unknown }
  if (name === 'AbortError' || name === 'TimeoutError' || code === 'ABORT_ERR') return 'timeout'
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0])
  return code ?? (cause === undefined ? String((error as Error).message) : codeOf(cause))
}

/** The URL without a password, for messages. */
export const shownUrl = (url: URL): string => {
  const shown = new URL(url.href)
  shown.username = ''
  shown.password = ''
  return shown.href
}

export const unreachable = (url: URL, code: string): ServiceError =>
  new ServiceError(
    `no metering service answers at ${shownUrl(url)} (${code})`,
    'start it, and check the address: `node examples/metering-service/main.ts quickstart` starts the example',
  )
