import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

// Node keeps compiled code here, of the tests and of the programs and threads that they start.
process.env.NODE_COMPILE_CACHE ??= join(tmpdir(), 'node-compile-cache')

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/house/programs.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // Every processor: many tests wait for programs and threads that they started.
    maxWorkers: '100%',
    // Half of the time went into loading the same modules again in a process for each file.
    isolate: false,
    // Node loads the modules itself, as it does for users.
    experimental: { viteModuleRunner: false },
    reporters: ['default'],
  },
})
