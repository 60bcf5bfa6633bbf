import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/house/programs.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // Every processor: many tests wait for programs and threads that they started.
    maxWorkers: '100%',
    reporters: ['default'],
  },
})
