import { defineConfig, mergeConfig } from 'vitest/config'
import tests from './vitest.config.ts'

/** The same tests, with a runner that writes down what each file costs (`npm run test:cost`). */
export default mergeConfig(tests, defineConfig({ test: { runner: './test/cost/runner.ts' } }))
