/** Real servers for tests, on loopback and a free port: Redis and PostgreSQL from Debian. Each has its own folder. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { hasProgram } from '../../house/programs.ts'

export interface Server {
  /** With its password, if it has one. */
  readonly url: string
  readonly port: number
  /** Its folder. */
  readonly folder: string
  /** Processor time of its processes so far, ms. */
  cpuMs(): number
  /** Kills it as a power cut would. */
  kill(): Promise<void>
  /** Starts it again on the same port. */
  start(): Promise<void>
  /** Kills it and removes its folder. */
  remove(): Promise<void>
}

export const hasRedis = (): boolean => hasProgram('redis-server')

const postgresRoot = '/usr/lib/postgresql'
const postgresFolder = (): string | undefined =>
  existsSync(postgresRoot)
    ? readdirSync(postgresRoot)
        .map((version) => join(postgresRoot, version, 'bin'))
        .findLast((folder) => existsSync(join(folder, 'initdb')))
    : undefined

/** Debian keeps the programs of PostgreSQL off the path. */
export const hasPostgres = (): boolean => postgresFolder() !== undefined || hasProgram('postgres')

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', () => resolve(false))
  })

/** Linux counts processor time in hundredths of a second. */
const TICK_MS = 10

/** Processor time of a process and its children, those that ended included, ms. */
function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const ticks = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 15)
    .map(Number)
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean)
  const own = ticks.reduce((sum, each) => sum + each, 0) * TICK_MS
  return children.reduce((sum, child) => sum + cpuOf(Number(child)), own)
}

interface Started {
  readonly program: string
  readonly words: readonly string[]
  readonly user?: { readonly uid: number; readonly gid: number }
  /** Whether it takes connections. */
  readonly isReady: () => Promise<boolean> | boolean
}

function serverOf(url: string, port: number, folder: string, { program, words, user, isReady }: Started): Server {
  let child: ChildProcess | undefined
  let output = ''
  const kill = async () => {
    const ending = child
    child = undefined
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return
    const gone = new Promise((resolve) => ending.once('exit', resolve))
    ending.kill('SIGKILL')
    await gone
    while (await answers(port)) await setTimeout(20)
  }
  const start = async () => {
    const starting = spawn(program, [...words], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], ...user })
    for (const stream of [starting.stdout, starting.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text
      })
    child = starting
    while (!(await isReady())) {
      if (starting.exitCode !== null) throw new Error(`${program} ended: ${output}`)
      await setTimeout(20)
    }
  }
  const cpuMs = () => (child?.pid === undefined ? 0 : cpuOf(child.pid))
  const remove = async () => {
    await kill()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  }
  return { url, port, folder, cpuMs, kill, start, remove }
}

/** PEM files of a certificate for 127.0.0.1, its key, and the CA that signed it. */
export interface Certificate {
  readonly cert: string
  readonly key: string
  readonly ca: string
}

/** Makes a CA and a certificate by openssl. */
export function makeCertificate(folder: string): Certificate {
  const at = (name: string) => join(folder, name)
  const openssl = (...words: string[]) => {
    const { status, stderr } = spawnSync('openssl', words, { cwd: folder, encoding: 'utf8' })
    if (status !== 0) throw new Error(`openssl failed: ${stderr}`)
  }
  const elliptic = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2']
  openssl('req', '-x509', ...elliptic, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=test')
  const names = ['-addext', 'subjectAltName=IP:127.0.0.1', '-addext', 'basicConstraints=CA:FALSE']
  const signed = ['-CA', 'ca.pem', '-CAkey', 'ca.key', ...names]
  openssl(
    'req',
    '-x509',
    ...elliptic,
    ...signed,
    '-keyout',
    'server.key',
    '-out',
    'server.pem',
    '-subj',
    '/CN=127.0.0.1',
  )
  return { cert: at('server.pem'), key: at('server.key'), ca: at('ca.pem') }
}

export interface RedisOptions {
  readonly password?: string
  readonly policy?: string
  /** Then it speaks TLS only. */
  readonly tls?: Certificate
}

/** A Redis that writes every command to its disk before it answers, so that it forgets nothing. */
export async function startRedis({ password, policy = 'noeviction', tls }: RedisOptions = {}): Promise<Server> {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'marketsim-redis-'))
  const words = [
    ...['--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'yes', '--appendfsync', 'always'],
    ...['--maxmemory-policy', policy, ...(password === undefined ? [] : ['--requirepass', password])],
    ...(tls === undefined
      ? ['--port', String(port)]
      : ['--port', '0', '--tls-port', String(port), '--tls-cert-file', tls.cert, '--tls-key-file', tls.key]),
    ...(tls === undefined ? [] : ['--tls-ca-cert-file', tls.ca, '--tls-auth-clients', 'no']),
  ]
  const secret = password === undefined ? '' : `:${encodeURIComponent(password)}@`
  const url = `${tls === undefined ? 'redis' : 'rediss'}://${secret}127.0.0.1:${port}`
  const server = serverOf(url, port, folder, { program: 'redis-server', words, isReady: () => answers(port) })
  await server.start()
  return server
}

const idOf = (flag: string): number => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout)

/** A PostgreSQL with a password, whose user is `marketsim`. */
export async function startPostgres(password: string, tls?: Certificate): Promise<Server> {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'marketsim-postgres-'))
  const programs = postgresFolder() as string
  // It refuses to run as root.
  const user = process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : undefined
  const secret = join(folder, 'secret')
  writeFileSync(secret, password)
  chmodSync(secret, 0o600)
  if (user !== undefined) for (const path of [folder, secret]) chownSync(path, user.uid, user.gid)
  const data = join(folder, 'data')
  const made = spawnSync(
    join(programs, 'initdb'),
    ['-D', data, '-U', 'marketsim', '--auth', 'scram-sha-256', '--pwfile', secret, '--no-sync'],
    { cwd: folder, encoding: 'utf8', ...user },
  )
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`)
  const secure: string[] = []
  if (tls !== undefined) {
    // It takes a key only that is its own.
    const [cert, key] = [join(folder, 'server.pem'), join(folder, 'server.key')]
    copyFileSync(tls.cert, cert)
    copyFileSync(tls.key, key)
    chmodSync(key, 0o600)
    if (user !== undefined) for (const path of [cert, key]) chownSync(path, user.uid, user.gid)
    secure.push('-c', 'ssl=on', '-c', `ssl_cert_file=${cert}`, '-c', `ssl_key_file=${key}`)
  }
  const words = [
    ...secure,
    '-D',
    data,
    '-p',
    String(port),
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    `unix_socket_directories=${folder}`,
  ]
  const isReady = () =>
    spawnSync(join(programs, 'pg_isready'), ['-q', '-h', '127.0.0.1', '-p', String(port)]).status === 0
  const url = `postgres://marketsim:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`
  const started = { program: join(programs, 'postgres'), words, isReady, ...(user === undefined ? {} : { user }) }
  const server = serverOf(url, port, folder, started)
  await server.start()
  return server
}
