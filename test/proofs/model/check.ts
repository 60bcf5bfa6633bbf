/** Explores the variants whose names are given, or all: says what is wrong and exits with 1, or exits with 0. */
import { explore } from './explore.ts'
import { variants } from './rules.ts'

const asked = process.argv.slice(2)
for (const rules of variants.filter(({ name }) => asked.length === 0 || asked.includes(name))) {
  const began = process.cpuUsage().user
  const { states, transitions, depth, wrong } = explore(rules)
  const seconds = ((process.cpuUsage().user - began) / 1e6).toFixed(1)
  console.log(wrong ?? `${rules.name}: ${states} states, ${transitions} transitions, depth ${depth}, ${seconds} s`)
  if (wrong !== null) process.exitCode = 1
}
