/** TLS to a pool: the certificate is checked, and a CA of one's own is taken from a file. */
import { afterAll, expect, test } from 'vitest'
import { exitCodes } from '#cli/exit-codes.ts'
import { hasProgram } from '../../house/programs.ts'
import { inThisProcess, newFolder, removeFolders } from '../marketsim.ts'
import { type Certificate, hasPostgres, hasRedis, makeCertificate, startPostgres, startRedis } from './servers.ts'

afterAll(removeFolders)

const password = 'secret'
const kinds = [
  { kind: 'redis', isThere: hasRedis(), start: (tls: Certificate) => startRedis({ password, tls }), query: '' },
  {
    kind: 'postgres',
    isThere: hasPostgres(),
    start: (tls: Certificate) => startPostgres(password, tls),
    query: '?sslmode=verify-full',
  },
]

test.each(kinds.filter(({ isThere }) => isThere && hasProgram('openssl')))(
  '$kind: a certificate of an unknown CA is refused, with --tls-ca it is taken',
  async ({ start, query }) => {
    const certificate = makeCertificate(newFolder())
    const server = await start(certificate)
    try {
      const status = (...words: string[]) =>
        inThisProcess(['sweep', 'status', '--pool', `${server.url}${query}`, ...words])
      const unknown = await status()
      expect([unknown.code, unknown.stderr]).toEqual([
        exitCodes.diskFailed.code,
        expect.stringMatching(/cannot be used: .*(certificate|self-signed)/),
      ])
      const known = await status('--tls-ca', certificate.ca)
      expect([known.stderr, known.stdout, known.code]).toEqual(['', '0 sweeps, 0 workers\n', exitCodes.done.code])
    } finally {
      await server.remove()
    }
  },
)
