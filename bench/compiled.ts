import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Workshop } from './compare/workshop.ts'

/**
 * Compiles a program of `bench` for this machine into a workshop. Each bench compiles its own: a program that several share could be
 * started while another bench writes it, and one that a signal cut short would look complete.
 * @param source below `bench`
 * @returns the path of the program; null where there is no such compiler, or it fails
 */
export async function compiled(
  shop: Workshop,
  compiler: 'gcc' | 'g++',
  source: string,
  libraries: readonly string[],
): Promise<string | null> {
  const program = join(shop.folder, `${source.replaceAll('/', '-')}.out`)
  const file = fileURLToPath(new URL(source, import.meta.url))
  const words = ['-O3', '-march=native', '-o', program, file, ...libraries]
  // A compiler that is missing cannot be started.
  const ended = await shop.run(compiler, words).catch(() => null)
  return ended?.status === 0 ? program : null
}
