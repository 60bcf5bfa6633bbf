/** The programs of docs/engine.md are files of `examples/guide`: the page repeats them, and what they print. */
import { existsSync, readFileSync } from 'node:fs'

export const pageUrl = new URL('../../docs/engine.md', import.meta.url)
const guide = new URL('../../examples/guide/', import.meta.url)

/** The page with every program and output as the files say. */
export function renderedPage(page: string): string {
  return page.replace(
    /```ts\n\/\/ (\S+)\.ts\n[\s\S]*?```\n(?:(\n(?:(?!```).*\n)*?)```text\n[\s\S]*?```\n)?/g,
    (whole, name: string, between: string | undefined) => {
      const output = new URL(`${name}.txt`, guide)
      const program = `\`\`\`ts\n${readFileSync(new URL(`${name}.ts`, guide), 'utf8')}\`\`\`\n`
      if (!existsSync(output) || between === undefined) return program + whole.slice(whole.indexOf('```\n', 3) + 4)
      return `${program}${between}\`\`\`text\n${readFileSync(output, 'utf8')}\`\`\`\n`
    },
  )
}

/** Names of the programs on the page, in their order. */
export function programsOf(page: string): string[] {
  return [...page.matchAll(/```ts\n\/\/ (\S+)\.ts\n/g)].map(([, name]) => name)
}
