/**
 * Compares every model of `examples/` with theory or its original: `npm run examples:validate`, `-- --short` for ten seeds in
 * place of a hundred. Exit code 1 when a quantity differs; all intervals together hold with 99 %.
 */
import { readFileSync } from 'node:fs'
import { runScript } from '#cli/script.ts'
import { judge, quantities, type Reference } from './agreement.ts'
import { examples } from './registry.ts'

const reference: Reference = JSON.parse(readFileSync(new URL('./reference.json', import.meta.url), 'utf8'))
await runScript(
  {
    command: 'npm run examples:validate --',
    about: 'Compares every model of examples/ with theory or its original.',
    options: { short: { help: 'ten seeds in place of a hundred' } },
    codes: ['0  every quantity agrees', '1  one differs', '2  wrong command line'],
  },
  ({ has }) => {
    const seeds = has('short') ? 10 : 100
    const level = 1 - 0.01 / quantities(examples, reference)

    let missed = 0
    for (const example of examples) {
      console.log(example.path)
      for (const { quantity, mean, expected, measure, agrees } of judge(example, reference, seeds, level)) {
        if (!agrees) missed++
        const figures = [mean, expected].map((x) => x.toPrecision(5).padStart(12)).join('')
        console.log(`  ${quantity.padEnd(32)}${figures}  ${measure.padEnd(20)}${agrees ? 'agrees' : 'DIFFERS'}`)
      }
    }
    const all = quantities(examples, reference)
    console.log(`${all - missed} of ${all} quantities agree, ${seeds} seeds each`)
    return missed === 0 ? 0 : 1
  },
)
