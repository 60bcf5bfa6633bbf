/** The site over the runs of a folder: which page an address means. It reads records and changes nothing. */
import { DamageError } from '#base/damage-error.ts'
import { InputError } from '#base/input-error.ts'
import { isSubject } from '../explain/subjects.ts'
import { LIVE, type ListName, listNames, partsOf } from './addresses.ts'
import { explanationPage } from './explanation-page.ts'
import type { FoundRun } from './found-runs.ts'
import { listPage } from './list-page.ts'
import type { LiveNote } from './live-notes.ts'
import { livePage } from './live-page.ts'
import { OpenRun } from './open-run.ts'
import { overviewPage } from './overview-page.ts'
import { type Page, problemPage } from './page.ts'
import { rulesPage } from './rules-page.ts'
import { runsPage } from './runs-page.ts'
import { searchPage } from './search-page.ts'
import { tablePage, tablesPage } from './tables-page.ts'

/** Records that are open at the same time: each has a cache and the tables that were asked for. */
const OPEN_RECORDS = 8

const isList = (word: string): word is ListName => (listNames as readonly string[]).includes(word)

type Query = Readonly<Record<string, string | undefined>>

/** Longer values are of no form of ours. */
const LONGEST_VALUE = 500

const queryOf = (search: URLSearchParams): Query =>
  Object.fromEntries([...search].map(([name, value]) => [name, value.slice(0, LONGEST_VALUE)]))

export class Site {
  readonly #runs = new Map<string, OpenRun>()
  readonly #find: () => readonly FoundRun[]
  readonly #notes: () => readonly LiveNote[]
  /** Runs whose record may be open, the latest last. */
  readonly #used = new Set<OpenRun>()

  /** `find` is asked again with each list of runs: what was under way may be complete. */
  constructor(find: () => readonly FoundRun[], notes: () => readonly LiveNote[] = () => []) {
    this.#find = find
    this.#notes = notes
    this.#refresh()
  }

  #refresh(): void {
    for (const { key, folder } of this.#find()) if (!this.#runs.has(key)) this.#runs.set(key, new OpenRun(key, folder))
  }

  /** What is under way, for the live view. */
  notes(): readonly LiveNote[] {
    return this.#notes()
  }

  /** The page of an address. Never throws: what is missing, damaged or wrong is a page that says so. */
  page(path: string, search: URLSearchParams): Page {
    const parts = partsOf(path)
    if (parts === undefined) return problemPage(400, 'There is no such page', 'The address cannot be read.')
    const [place, key = '', ...rest] = parts
    const run = place === 'run' ? this.#runs.get(key) : undefined
    try {
      if (run !== undefined) return this.#pageOf(run, rest, queryOf(search))
      if (path === '/') return this.#first(queryOf(search))
      if (path === '/rules') return rulesPage()
      if (path === LIVE) return livePage(this.#notes())
      return place === 'run'
        ? problemPage(404, 'There is no such run', `The folder has no run '${key}'.`)
        : problemPage(404, 'There is no such page', 'Nothing has this address.')
    } catch (error) {
      if (DamageError.in(error) === undefined && !(error instanceof InputError)) throw error
      const { what, hint } = DamageError.in(error) ?? (error as InputError)
      return problemPage(
        error instanceof DamageError ? 500 : 404,
        error instanceof DamageError ? 'The record is damaged' : 'There is no such thing in this run',
        `${what}; ${hint}.`,
        run?.key,
      )
    }
  }

  /** The one-file report of a run. @throws RecordError, DamageError */
  reportText(key: string): string | undefined {
    return this.#runs.get(key)?.reportText()
  }

  /** One run is opened at its overview; several are side by side. */
  #first(query: Query): Page {
    this.#refresh()
    const runs = [...this.#runs.values()]
    const notes = this.#notes()
    if (runs.length === 0) return livePage(notes)
    return runs.length === 1 && notes.length === 0 ? this.#pageOf(runs[0], [], query) : runsPage(runs, query)
  }

  #pageOf(run: OpenRun, [place, ...rest]: readonly string[], query: Query): Page {
    this.#use(run)
    const id = rest.join('/')
    if (place === undefined || place === '') return overviewPage(run)
    if (place === 'search') return searchPage(run, query.q ?? '')
    if (place === 'tables' && id === '') return tablesPage(run)
    if (place === 'table') return tablePage(run, id, query)
    if (isList(place) && id === '') return listPage(run, place, query)
    if (isSubject(place) && id !== '') return explanationPage(run, place, id, query)
    return problemPage(404, 'There is no such page', `Nothing of the run has this address.`, run.key)
  }

  #use(run: OpenRun): void {
    this.#used.delete(run)
    this.#used.add(run)
    const [oldest] = this.#used
    if (this.#used.size <= OPEN_RECORDS) return
    oldest.close()
    this.#used.delete(oldest)
  }

  /** Reads ahead for the run that was looked at last; false when nothing is left. A record that is damaged is left to its page. */
  warmUp(): boolean {
    const run = [...this.#used].at(-1)
    try {
      return run?.warmUp() ?? false
    } catch (error) {
      if (DamageError.in(error) !== undefined || error instanceof InputError) return false
      throw error
    }
  }

  close(): void {
    for (const run of this.#used) run.close()
    this.#used.clear()
  }
}
