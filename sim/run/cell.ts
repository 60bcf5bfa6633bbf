/** The module that each thread loads: it builds the world once a thread and a marketplace for each of its cells. */
import type { CellContext, CellProgram } from '#engine/cells/program.ts'
import { buildWorld, type World, type WorldSpec } from '../world/world.ts'
import { Marketplace } from './marketplace.ts'

/** What `runCells` hands to each thread. */
export interface CellSpec extends WorldSpec {
  /** Folder of the fact files, one a cell. */
  readonly facts: string
}

/** The fact file of a cell. */
export const factFile = (folder: string, cell: number): string => `${folder}/cell-${cell}.facts`

/** Where a cell leaves the sums of its facts when the run is over. */
export const sumFile = (folder: string, cell: number): string => `${folder}/cell-${cell}.sums`

const worlds = new WeakMap<object, World>()

export function createCell(spec: unknown, context: CellContext): CellProgram {
  const cellSpec = spec as CellSpec
  let world = worlds.get(cellSpec)
  if (world === undefined) {
    world = buildWorld(cellSpec)
    worlds.set(cellSpec, world)
  }
  const { facts } = cellSpec
  return new Marketplace(world, context, { facts: factFile(facts, context.id), sums: sumFile(facts, context.id) })
}
