/** The module that each thread loads: it builds the world once a thread and a marketplace for each of its cells. */
import { join } from 'node:path'
import type { CellContext, CellProgram } from '#engine/cells/program.ts'
import { COLUMNS } from '../record/column-files.ts'
import { buildWorld, type World, type WorldSpec } from '../world/world.ts'
import { Marketplace } from './marketplace.ts'

/** What `runCells` hands to each thread. */
export interface CellSpec extends WorldSpec {
  /** Folder of the fact files, one a cell. */
  readonly facts: string
  /** Folder of the record, and of the column files below it. */
  readonly record: string
}

/** The fact file of a cell. */
export const factFile = (folder: string, cell: number): string => `${folder}/cell-${cell}.facts`

/** The folder of the column files of a cell, below that of the record. */
export const columnFolder = (cell: number): string => `${COLUMNS}/cell-${cell}`

const worlds = new WeakMap<object, World>()

export function createCell(spec: unknown, context: CellContext): CellProgram {
  const cellSpec = spec as CellSpec
  let world = worlds.get(cellSpec)
  if (world === undefined) {
    world = buildWorld(cellSpec)
    worlds.set(cellSpec, world)
  }
  const { facts, record } = cellSpec
  return new Marketplace(world, context, {
    facts: factFile(facts, context.id),
    columns: join(record, columnFolder(context.id)),
  })
}
