/** One cell on its clock: the chapters of the rules, the people, and what happens by plan. */

import { join } from 'node:path'
import { monthOf, startOfMonth } from '#base/civil-time.ts'
import { type FileExtent, makeFolder } from '#base/files.ts'
import { HOUR } from '#base/time.ts'
import type { CellContext, CellProgram } from '#engine/cells/program.ts'
import { Cell } from '../cell/cell.ts'
import { KernelClock } from '../cell/kernel-clock.ts'
import { type Parts, restoreParts, saveParts } from '../cell/parts.ts'
import type { Id } from '../cell/table.ts'
import { ranks } from '../cell/timers.ts'
import { beginMonth, closeBooks } from '../market/closing.ts'
import { openGrowth } from '../market/growth/reviews.ts'
import { assemble, type Chapters } from '../market/modules.ts'
import { openPools } from '../market/servers/pools.ts'
import { dictionary } from '../market/words.ts'
import { People } from '../people/people.ts'
import { ColumnFiles } from '../record/column-files.ts'
import { FactLog } from '../record/fact-log.ts'
import { MonthSums } from '../record/month-sums.ts'
import type { World } from '../world/world.ts'
import { PlannedEvents } from './events/planned-events.ts'
import { Failures } from './failures.ts'
import { InterruptiblePrices } from './interruptible-prices.ts'
import { RequirementsPost } from './requirements-post.ts'
import { SalesPost } from './sales-post.ts'

/** What a cell reports when the run is over. */
export interface CellResult {
  readonly facts: number
  /** Its files by path, each as it was written. */
  readonly extents: ReadonlyMap<string, FileExtent>
}

/** Files that a cell writes. */
export interface CellFiles {
  readonly facts: string
  /** Folder of the mass of its facts as columns, written as it runs. */
  readonly columns: string
}

export class Marketplace implements CellProgram {
  readonly #log: FactLog
  readonly #sums: MonthSums
  readonly #columns: ColumnFiles
  readonly #files: CellFiles
  readonly #chapters: Chapters
  readonly #people: People
  readonly #post: SalesPost
  readonly #requirements: RequirementsPost
  readonly #parts: Parts

  constructor(world: World, context: CellContext, files: CellFiles) {
    this.#files = files
    const { start, end, measureFrom = start } = world.scenario
    this.#sums = new MonthSums({ start, end, measureFrom, offset: world.policies['time.utcOffset'] }, dictionary)
    makeFolder(files.columns)
    this.#columns = new ColumnFiles(files.columns, dictionary)
    this.#log = new FactLog(files.facts, context.kernel.digest, dictionary, [this.#sums, this.#columns])
    const cell = new Cell(world, context.id, new KernelClock(context.kernel), this.#log.write, dictionary)
    const chapters = assemble(cell)
    this.#chapters = chapters
    this.#people = new People(cell, chapters, context)
    this.#post = new SalesPost(chapters.sellers, context)
    this.#requirements = new RequirementsPost(chapters.sellers, context)
    const failures = new Failures(chapters.servers, context.streams)
    const events = new PlannedEvents(chapters.servers, {
      streams: context.streams,
      closeSeller: (seller, until) => this.#people.supervision.sellers.close(seller, until),
    })
    this.#parts = { log: this.#log, cell, ...Object.fromEntries(cell.chapters), people: this.#people, failures, events }
    const prices = new InterruptiblePrices(chapters.interruptible, context.streams)
    this.#tellMonths(cell)
    this.#open(cell, events, failures, prices)
  }

  /** Before anything is settled at the same midnight: what is settled then belongs to the new month (I-02). */
  #tellMonths({ clock, world }: Cell): void {
    const offset = world.policies['time.utcOffset']
    clock.on('monthBegins', ranks.closeHour, (month) => {
      beginMonth(this.#chapters, month)
      clock.wake('monthBegins', startOfMonth(month + 1, offset), month + 1)
    })
  }

  #open(cell: Cell, events: PlannedEvents, failures: Failures, prices: InterruptiblePrices): void {
    const { scenario, policies, population } = cell.world
    const { servers, metering, growth } = this.#chapters
    for (const id of population.homes[cell.cell])
      this.#people.buyers.openAccount(cell.openAccount(id, population.segment[id - 1]))
    openPools(servers)
    openGrowth(growth)
    prices.open()
    this.#people.openWallets()
    metering.timers.wake('hourCloses', metering.meter.hourStart + HOUR, 0)
    const offset = policies['time.utcOffset']
    const month = monthOf(scenario.start, offset) + 1
    cell.clock.wake('monthBegins', startOfMonth(month, offset), month)
    this.#people.open(() => events.open())
    failures.open()
  }

  receive(from: Id<'cells'>, kind: number, payload: Float64Array): void {
    if (this.#post.receive(kind, payload) || this.#requirements.receive(kind, payload)) return
    this.#people.receive(from, kind, payload)
  }

  boundary(): void {
    this.#log.drain()
  }

  /** The books close with the run. */
  finish(): CellResult {
    this.#post.close()
    closeBooks(this.#chapters)
    this.#log.close()
    const { facts, columns } = this.#files
    const extents = new Map([[facts, this.#log.extent]])
    for (const [name, extent] of this.#columns.close(this.#sums.numbers())) extents.set(join(columns, name), extent)
    return { facts: this.#log.facts, extents }
  }

  save(): unknown {
    return saveParts(this.#parts)
  }

  restore(state: unknown): void {
    restoreParts(this.#parts, state)
  }
}
