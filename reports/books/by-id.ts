/** Numbers of things by their ids, for passes over columns. */

/** Places for each thing beyond which a map takes less memory. The ids of a cell are as far apart as there are cells. */
const MOST_PLACES = 64

export class ById {
  readonly #values: Float64Array | Map<number, number>

  /** `values`: by place in `ids`; what has no number, or 0, is 0. */
  constructor(ids: ArrayLike<number>, values: ArrayLike<number>) {
    let most = 0
    for (let place = 0; place < ids.length; place++) if (ids[place] > most) most = ids[place]
    if (most > MOST_PLACES * ids.length + 1024) {
      this.#values = new Map(Array.from(ids, (id, place) => [id, values[place]]))
      return
    }
    this.#values = new Float64Array(most + 1)
    for (let place = 0; place < ids.length; place++) this.#values[ids[place]] = values[place]
  }

  of(id: number): number {
    const values = this.#values
    return (values instanceof Map ? values.get(id) : values[id]) ?? 0
  }
}

/** The place of each thing among `ids`, from 1; 0 of what is not there. */
export function placesOf(ids: ArrayLike<number>): ById {
  const places = new Float64Array(ids.length)
  for (let place = 0; place < places.length; place++) places[place] = place + 1
  return new ById(ids, places)
}

/** The same where things are asked for in the order of `ids`, other than in records that were put together by hand: no memory is needed then. */
export function placeFinder(ids: ArrayLike<number>): (id: number) => number {
  let all: ById | undefined
  let next = 0
  let last = Number.NEGATIVE_INFINITY
  for (let place = 1; place < ids.length && all === undefined; place++)
    if (ids[place] < ids[place - 1]) all = placesOf(ids)
  return (id) => {
    if (id < last) all ??= placesOf(ids)
    last = id
    if (all !== undefined) return all.of(id)
    while (next < ids.length && ids[next] < id) next++
    while (ids[next] === id && ids[next + 1] === id) next++
    return ids[next] === id ? next + 1 : 0
  }
}
