import { defineConfig, mergeConfig } from 'vitest/config'
import tests from './vitest.config.ts'

/** The long proofs of `test/proofs`, which `npm test` leaves out. */
export default mergeConfig(
  { ...tests, test: { ...tests.test, projects: undefined } },
  defineConfig({ test: { include: ['test/proofs/**/*.proof.ts'], testTimeout: 7_200_000, hookTimeout: 7_200_000 } }),
)
