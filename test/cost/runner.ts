/** Runs tests as vitest does, and appends what each file cost to the file named by MARKETSIM_COST, a line of JSON each. */
import { appendFileSync } from 'node:fs'
import { relative } from 'node:path'
import { type RunnerTestCase, type RunnerTestFile, TestRunner } from 'vitest'
import { type FileCost, type ProcessorTime, processorTime } from './file-cost.ts'

const DEAREST = 5
const secondsSince = (before: ProcessorTime, now: ProcessorTime): number =>
  now.own + now.programs - before.own - before.programs

export default class CostRunner extends TestRunner {
  #began = processorTime()
  #collected = processorTime()
  #testBegan = processorTime()
  #tests: { name: string; seconds: number }[] = []

  onBeforeCollect(): void {
    this.#began = processorTime()
  }

  onBeforeRunFiles(): void {
    this.#collected = processorTime()
    this.#tests = []
  }

  override async onBeforeRunTask(test: RunnerTestCase): Promise<void> {
    await super.onBeforeRunTask(test)
    this.#testBegan = processorTime()
  }

  override onAfterRunTask(test: RunnerTestCase): void {
    this.#tests.push({ name: test.name, seconds: secondsSince(this.#testBegan, processorTime()) })
    super.onAfterRunTask(test)
  }

  override onAfterRunFiles(files: RunnerTestFile[]): void {
    const now = processorTime()
    const cost: FileCost = {
      file: files.map(({ filepath }) => relative(process.cwd(), filepath)).join(', '),
      tests: this.#tests.length,
      imports: secondsSince(this.#began, this.#collected),
      own: now.own - this.#collected.own,
      programs: now.programs - this.#collected.programs,
      dearest: this.#tests.toSorted((a, b) => b.seconds - a.seconds).slice(0, DEAREST),
    }
    appendFileSync(process.env.MARKETSIM_COST as string, `${JSON.stringify(cost)}\n`)
    super.onAfterRunFiles(files)
  }
}
