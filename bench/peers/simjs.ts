import { exponential } from '../work/queue.ts'
import { hexadecimal, mix } from '../work/work.ts'

// The works of the peers' bench in SIM.JS, as its documentation would write them.
// usage: simjs.ts hold <pending> <shift> <span> | queue <customers> | tickers <size> <hours>

/** The part of SIM.JS that is used; the package has no types and puts its classes on `window`. */
type Request = { done(callback: () => void): Request }
declare class SimEntity {
  sim: unknown
  time(): number
  setTimer(ms: number): Request
  useFacility(facility: object, ms: number): Request
}
type Library = {
  Sim: new () => {
    simulate(end: number, most: number): boolean
    addEntity(kind: unknown, name: string, ...rest: number[]): unknown
  }
  Entity: typeof SimEntity
  Facility: new (name: string, discipline: unknown, servers: number) => object
}
const host = globalThis as unknown as { window: { Sim?: Library } }
host.window = {}
// @ts-expect-error the package has no types
await import('simjs')
const { Sim, Entity, Facility } = host.window.Sim as Library

type Result = { took: number; operations: number; sum: number }
const processorMs = () => process.threadCpuUsage().user / 1000
const forEver = Number.MAX_VALUE

function hold(pending: number, shift: number, span: number): Result {
  const sim = new Sim()
  let sum = 0
  let events = 0
  let warm = 0
  let began = 0
  class Actor extends Entity {
    start(entity: number) {
      const act = () => {
        if (this.time() >= span && began === 0) {
          began = processorMs()
          warm = events
        }
        const chance = mix(this.time(), entity)
        sum = (sum + chance) | 0
        events++
        this.setTimer(1 + (chance >>> shift)).done(act)
      }
      this.setTimer(1 + (mix(0, entity) >>> shift)).done(act)
    }
  }
  for (let entity = 0; entity < pending; entity++) sim.addEntity(Actor, 'actor', entity)
  sim.simulate(2 * span - 1, forEver)
  return { took: processorMs() - began, operations: events - warm, sum }
}

function queue(customers: number): Result {
  const sim = new Sim()
  const servers = new Facility('servers', undefined, 10)
  let sum = 0
  class Source extends Entity {
    start(number: number) {
      if (number === customers) return
      this.setTimer(exponential[mix(number, 1) >>> 20]).done(() => {
        this.useFacility(servers, 8 * exponential[mix(number, 2) >>> 20]).done(() => {
          sum = (sum + mix(this.time(), number)) | 0
        })
        this.start(number + 1)
      })
    }
  }
  sim.addEntity(Source, 'source', 0)
  const began = processorMs()
  sim.simulate(forEver, forEver)
  return { took: processorMs() - began, operations: customers, sum }
}

function tickers(size: number, hours: number): Result {
  const sim = new Sim()
  const total = new Int32Array(size)
  class Ticker extends Entity {
    start(entity: number) {
      const price = mix(entity, 3) & 0xffff
      let left = hours
      const tick = () => {
        total[entity] += price
        if (--left > 0) this.setTimer(3_600_000).done(tick)
      }
      this.setTimer(3_600_000).done(tick)
    }
  }
  for (let entity = 0; entity < size; entity++) sim.addEntity(Ticker, 'ticker', entity)
  const began = processorMs()
  sim.simulate(forEver, forEver)
  const sum = total.reduce((sum, amount, entity) => (sum + mix(amount, entity)) | 0, 0)
  return { took: processorMs() - began, operations: size * hours, sum }
}

const [work, ...sizes] = process.argv.slice(2)
const [x, y, z] = sizes.map(Number)
const result = work === 'hold' ? hold(x, y, z) : work === 'queue' ? queue(x) : tickers(x, y)
console.log(`${((result.took * 1e6) / result.operations).toFixed(2)} ${hexadecimal(result.sum)}`)
