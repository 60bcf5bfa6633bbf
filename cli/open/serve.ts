/** The server of `marketsim open`: on loopback only, read-only, with a token (`guard.ts`). */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { contentHash, scriptHash } from '#reports/html/script.ts'
import { style } from '#reports/html/style.ts'
import { icon, pageScript, styleSheet } from '#reports/pages/assets.ts'
import { LIVE_EVENTS } from '#reports/pages/live-page.ts'
import { assets, pageText } from '#reports/pages/page.ts'
import type { Site } from '#reports/pages/site.ts'
import { Guard } from './guard.ts'

const OWN = "'self'"
/** Only files of ours: nothing inline, nothing from elsewhere, no frame around it, no form to elsewhere. */
const policy = (script: string, styles: string): string =>
  `default-src 'none'; script-src ${script}; style-src ${styles}; img-src ${OWN}; connect-src ${OWN}; form-action ${OWN}; base-uri 'none'; frame-ancestors 'none'`

const pagePolicy = policy(OWN, OWN)
/** The one-file report has its style and script in it: exactly those of this version may run. */
const reportPolicy = policy(`'${scriptHash}'`, `'${contentHash(style.text)}'`)

const headers = (contentSecurityPolicy: string, type: string) => ({
  'Content-Type': type,
  'Content-Security-Policy': contentSecurityPolicy,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
})

const HTML = 'text/html; charset=utf-8'
const files: Readonly<Record<string, readonly [type: string, text: string]>> = {
  [assets.style]: ['text/css; charset=utf-8', styleSheet],
  [assets.script]: ['text/javascript; charset=utf-8', pageScript],
  [assets.icon]: ['image/svg+xml', icon],
  // Browsers ask for it by themselves, also for a page that names another.
  '/favicon.ico': ['image/svg+xml', icon],
}

/**
 * The answer to the address with the token. The cookie is Strict, so the browser does not send it with a redirect that
 * began in another program; it does with a page of ours that leads on.
 */
const entered = `<!doctype html><html lang="en"><head><meta charset="utf-8"><link rel="icon" href="${assets.icon}"><meta http-equiv="refresh" content="0; url=/"><title>marketsim</title></head><body><main><h1>marketsim</h1><p><a href="/">Continue to the pages</a></p></main></body></html>`

export interface Served {
  /** With the token; it works once. */
  readonly address: string
  /** Resolves after `idleMs` without a request, or when `signal` aborts. */
  readonly ended: Promise<'idle' | 'stopped'>
}

export interface Serving {
  readonly site: Site
  readonly idleMs: number
  readonly signal: AbortSignal
  /** An error of ours while a page was made. */
  readonly onError: (error: unknown) => void
}

/** Listens on a free port of 127.0.0.1. */
export async function serve({ site, idleMs, signal, onError }: Serving): Promise<Served> {
  const server = createServer({ maxHeaderSize: 16_384 })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: '127.0.0.1', port: 0 }, resolve)
  })
  const { port } = server.address() as AddressInfo
  const guard = new Guard(port)
  const address = `http://127.0.0.1:${port}/?token=${guard.token}`
  const { ended, onBusy } = untilIdle(server, idleMs, signal)
  const answering: Answering = { guard, site, onBusy }
  const warm = warming(site, server)
  server.on('request', (request, response) => {
    response.on('finish', warm)
    try {
      answer(request, response, answering)
    } catch (error) {
      onError(error)
      if (!response.headersSent) send(response, 500, pagePolicy, HTML, 'internal error; the terminal has it')
    }
  })
  return { address, ended }
}

/** Between requests, the tables that the next page may ask for are read. */
const QUIET_MS = 250

function warming(site: Site, server: Server): () => void {
  let timer: NodeJS.Timeout | undefined
  const step = (): void => {
    if (site.warmUp()) timer = setTimeout(step, QUIET_MS)
  }
  server.on('close', () => clearTimeout(timer))
  return () => {
    clearTimeout(timer)
    timer = setTimeout(step, QUIET_MS)
  }
}

function untilIdle(server: Server, idleMs: number, signal: AbortSignal) {
  let onBusy = (): void => {}
  const ended = new Promise<'idle' | 'stopped'>((resolve) => {
    let timer: NodeJS.Timeout | undefined
    const end = (why: 'idle' | 'stopped'): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      server.closeAllConnections()
      server.close(() => resolve(why))
    }
    const stop = (): void => end('stopped')
    onBusy = () => {
      clearTimeout(timer)
      timer = setTimeout(() => end('idle'), idleMs)
    }
    server.on('request', () => onBusy())
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
    else onBusy()
  })
  return { ended, onBusy: () => onBusy() }
}

function send(response: ServerResponse, status: number, csp: string, type: string, text: string): void {
  response.writeHead(status, headers(csp, type)).end(response.req.method === 'HEAD' ? undefined : text)
}

interface Answering {
  readonly guard: Guard
  readonly site: Site
  /** Tells that the server is in use, apart from requests. */
  readonly onBusy: () => void
}

const EVENT_MS = 1_000

/** What is under way, each second, until the page is left. */
function sendEvents(response: ServerResponse, site: Site, onBusy: () => void): void {
  response.writeHead(200, headers(pagePolicy, 'text/event-stream'))
  const send = (): void => {
    const notes = site.notes()
    // While work is under way and looked at, the server does not idle.
    if (notes.length > 0) onBusy()
    response.write(`data: ${JSON.stringify(notes.map((note) => ({ ...note, now: Date.now() })))}\n\n`)
  }
  send()
  const timer = setInterval(send, EVENT_MS)
  response.on('close', () => clearInterval(timer))
}

function answer(request: IncomingMessage, response: ServerResponse, { guard, site, onBusy }: Answering): void {
  const { method = '', url = '/' } = request
  const { pathname, searchParams } = new URL(url.startsWith('/') ? `http://localhost${url}` : 'http://localhost/')
  const decision = guard.decide({ method, headers: request.headers, token: searchParams.get('token') ?? undefined })
  if (!decision.allowed) {
    if (decision.status === 405) response.setHeader('Allow', 'GET, HEAD')
    send(response, decision.status, pagePolicy, 'text/plain; charset=utf-8', `${decision.why}\n`)
    return
  }
  if (decision.cookie !== undefined) {
    if (decision.cookie !== '') response.setHeader('Set-Cookie', decision.cookie)
    send(response, 200, pagePolicy, HTML, entered)
    return
  }
  const file = Object.hasOwn(files, pathname) ? files[pathname] : undefined
  if (file !== undefined) {
    send(response, 200, pagePolicy, file[0], file[1])
    return
  }
  const report = /^\/run\/([^/]+)\/report$/.exec(pathname)?.[1]
  const text = report === undefined ? undefined : site.reportText(report)
  if (text !== undefined) {
    send(response, 200, reportPolicy, HTML, text)
    return
  }
  if (pathname === LIVE_EVENTS && method === 'GET') {
    sendEvents(response, site, onBusy)
    return
  }
  const page = site.page(pathname, searchParams)
  send(response, page.status, pagePolicy, HTML, pageText(page))
}
