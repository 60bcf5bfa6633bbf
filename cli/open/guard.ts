/**
 * Who may see the pages: the browser that was given the token, and pages of ours in it. A record may name customers and
 * prices, and any page in the browser can send requests to this machine: another site's, and one whose name resolves
 * to 127.0.0.1 (DNS rebinding). So the name of the host, the origin and the cookie are checked for each request.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** Name of the cookie, with the port: cookies are shared by all ports of a host. */
export const cookieName = (port: number): string => `marketsim-${port}`

const LENGTH = 32
export const newToken = (): string => randomBytes(LENGTH).toString('base64url')

/** Whether two texts are equal, in a time that does not depend on where they differ. */
const isSame = (a: string, b: string): boolean => {
  const [first, second] = [a, b].map((text) => createHash('sha256').update(text).digest())
  return timingSafeEqual(first, second)
}

export interface Asking {
  readonly method: string
  readonly headers: IncomingHttpHeaders
  /** `token` of the address, if it has one. */
  readonly token: string | undefined
}

/** What becomes of a request: it is answered, gets the cookie, or is refused with a status and a reason. */
export type Decision =
  | { readonly allowed: true; readonly cookie?: string }
  | { readonly allowed: false; readonly status: 400 | 401 | 403 | 405; readonly why: string }

const refused = (status: 400 | 401 | 403 | 405, why: string): Decision => ({ allowed: false, status, why })

export class Guard {
  readonly #port: number
  /** The token of the address; undefined once it was used. */
  #once: string | undefined = newToken()
  readonly #session = newToken()

  constructor(port: number) {
    this.#port = port
  }

  /** The token that the first address has. */
  get token(): string {
    return this.#once ?? ''
  }

  #hosts(): readonly string[] {
    return ['127.0.0.1', 'localhost', '[::1]'].map((name) => `${name}:${this.#port}`)
  }

  decide({ method, headers, token }: Asking): Decision {
    const { host = '', origin, 'sec-fetch-site': site } = headers
    if (!this.#hosts().includes(host)) return refused(403, 'the request is for another host')
    if (origin !== undefined && origin !== `http://${host}`) return refused(403, 'the request comes from another site')
    if (method !== 'GET' && method !== 'HEAD') return refused(405, 'the pages are read-only')
    if (token !== undefined) return this.#enter(token, headers)
    // A link from another site, or an image in it: the cookie is not sent then, and this says why.
    if (site === 'cross-site') return refused(403, 'the request comes from another site')
    return this.#hasSession(headers)
      ? { allowed: true }
      : refused(401, 'open the address that `marketsim open` printed; it works once')
  }

  /** The address with the token works once. */
  #enter(token: string, headers: IncomingHttpHeaders): Decision {
    if (this.#once !== undefined && isSame(token, this.#once)) {
      this.#once = undefined
      return {
        allowed: true,
        cookie: `${cookieName(this.#port)}=${this.#session}; HttpOnly; SameSite=Strict; Path=/`,
      }
    }
    return this.#hasSession(headers)
      ? { allowed: true, cookie: '' }
      : refused(401, 'this address was used already, or is wrong; run `marketsim open` again')
  }

  #hasSession({ cookie = '' }: IncomingHttpHeaders): boolean {
    return cookie
      .split(';')
      .map((each) => each.trim())
      .some((each) => isSame(each, `${cookieName(this.#port)}=${this.#session}`))
  }
}
