import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

// Node keeps compiled code here, of the tests and of the programs and threads that they start.
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), 'node-compile-cache')

// Nothing that a test writes has to survive a power cut; `npm run disks` tests what does.
process.env.MARKETSIM_SYNC ??= 'off'

// The settings of whoever runs the tests are not those of the tests.
process.env.MARKETSIM_CONFIG ??= ''

/** What ends threads by force needs a process of its own, which it may end as well. */
const violent = ['test/engine/cells/deaths.test.ts']

export default defineConfig({
  test: {
    globalSetup: ['test/house/programs.ts', 'test/house/suite-folder.ts'],
    // For what hangs only: on a machine with a load of 20, a test takes ten times as long on two processors.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    pool: 'forks',
    // Every processor: many tests wait for programs and threads that they started.
    maxWorkers: '100%',
    // Node loads the modules itself, as it does for users.
    experimental: { viteModuleRunner: false },
    reporters: ['default'],
    projects: [
      // One process for many files: half of the time went into loading the same modules again for each.
      { extends: true, test: { name: 'suite', include: ['test/**/*.test.ts'], exclude: violent, isolate: false } },
      { extends: true, test: { name: 'violent', include: violent, isolate: true } },
    ],
  },
})
