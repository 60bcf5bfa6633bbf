/** How the launcher starts a process that simulates. */
import { expect, test } from 'vitest'
import { memorySettings } from '#cli/supervise.js'

const ours = { MALLOC_MMAP_THRESHOLD_: '131072', MALLOC_ARENA_MAX: '2' }
const flags = ['--max-semi-space-size=16', '--expose-gc']

test.each([
  ['nothing is set', {}, ours, flags],
  ['other options', { NODE_OPTIONS: '--no-warnings' }, { ...ours, NODE_OPTIONS: '--no-warnings' }, flags],
  ['the C library is set', { MALLOC_ARENA_MAX: '8' }, { ...ours, MALLOC_ARENA_MAX: '8' }, flags],
  [
    'the young generation is set',
    { NODE_OPTIONS: '--max_semi_space_size=64' },
    { ...ours, NODE_OPTIONS: '--max_semi_space_size=64' },
    ['--expose-gc'],
  ],
])('what the user sets stays: %s', (_, environment, env, expected) => {
  expect(memorySettings(environment)).toEqual({ env, flags: expected })
})
