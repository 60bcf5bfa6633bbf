/** The example service over HTTP: `POST /api/v1/events`, `GET /bills`, `GET /health`. It listens on loopback only. */
import http, { type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Meter, type PlantedError, WrongEvent } from './meter.ts'

export interface ServiceOptions {
  readonly spec: ConstructorParameters<typeof Meter>[0]
  /** 0: any free port. */
  readonly port: number
  readonly errors?: PlantedError
  /** For tests, by number of the request: a status in place of the service's own; null: the answer is lost. */
  readonly interfere?: (request: number) => number | null | undefined
  /** Ms before each answer. */
  readonly delayMs?: number
}

export interface RunningService {
  readonly url: string
  readonly meter: Meter
  close(): Promise<void>
}

const SINGLE = 'application/cloudevents+json'
const BATCH = 'application/cloudevents-batch+json'
/** A larger body is refused. */
const MOST_BYTES = 16 << 20

class Refused extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length
    if (bytes > MOST_BYTES) throw new Refused(413, 'the body is larger than 16 MiB')
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** The events of a body, one or a batch, by its media type (CloudEvents 1.0, JSON format, sections 3 and 4). */
function eventsOf(type: string, text: string): readonly unknown[] {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch (error) {
    throw new Refused(400, `the body is not JSON: ${(error as Error).message}`)
  }
  if (type === SINGLE) return [body]
  if (type !== BATCH) throw new Refused(415, `the media type is ${SINGLE} or ${BATCH}, not '${type}'`)
  if (!Array.isArray(body)) throw new Refused(400, 'a batch is a list of events')
  return body
}

export function startService({ spec, port, errors, interfere, delayMs = 0 }: ServiceOptions): Promise<RunningService> {
  const meter = new Meter(spec, errors)
  let posts = 0
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    const route = `${request.method} ${pathname}`
    if (route === 'GET /health') {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ status: 'ok', events: meter.accepted, repeats: meter.repeats }))
    } else if (route === 'GET /bills') {
      const source = searchParams.get('source') ?? ''
      response.setHeader('content-type', 'text/csv; charset=utf-8')
      response.end(searchParams.get('detail') === 'lines' ? meter.lines(source) : meter.bills(source))
    } else if (route === 'POST /api/v1/events') {
      const text = await bodyOf(request)
      if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs))
      const other = interfere?.(++posts)
      if (typeof other === 'number') throw new Refused(other, 'planted by a test')
      meter.take(eventsOf((request.headers['content-type'] ?? '').split(';')[0].trim(), text))
      if (other === null) {
        request.socket.destroy()
        return
      }
      response.statusCode = 204
      response.end()
    } else throw new Refused(404, `there is no ${route}`)
  }
  const server = http.createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      response.statusCode = error instanceof Refused ? error.status : error instanceof WrongEvent ? 400 : 500
      response.setHeader('content-type', 'application/problem+json')
      response.end(JSON.stringify({ status: response.statusCode, detail: (error as Error).message }))
    })
  })
  return new Promise((resolve, reject) => {
    server.on('error', reject)
    server.listen(port, '127.0.0.1', () => {
      const { port: bound } = server.address() as AddressInfo
      resolve({
        url: `http://127.0.0.1:${bound}`,
        meter,
        close: () =>
          new Promise((done) => {
            server.closeAllConnections()
            server.close(() => done())
          }),
      })
    })
  })
}
