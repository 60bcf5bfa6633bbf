import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Kernel } from '#engine/kernel.ts'
import { Resource, type Ticket } from '#engine/resources/resource.ts'

type Step =
  | { do: 'request'; priority: number; patience: number }
  | { do: 'release' | 'withdraw'; which: number }
  | { do: 'resize'; capacity: number }
  | { do: 'wait'; ms: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('request' as const),
      priority: fc.integer({ min: -2, max: 2 }),
      patience: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.constant(Number.POSITIVE_INFINITY)),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('release' as const, 'withdraw' as const), which: fc.nat() }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('resize' as const), capacity: fc.nat(4) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.nat(12) }) },
)

interface Request {
  readonly id: number
  readonly priority: number
  readonly deadline: number
}

/** The obvious resource: two arrays, sorted and searched at each question. */
class TwoArrays {
  readonly story: string[] = []
  waiting: Request[] = []
  holding: Request[] = []
  busyArea = 0
  queueArea = 0
  private now = 0
  private capacity: number
  private readonly prioritised: boolean
  private readonly preemptive: boolean

  constructor(capacity: number, prioritised: boolean, preemptive: boolean) {
    this.capacity = capacity
    this.prioritised = prioritised
    this.preemptive = preemptive
  }

  request(request: Request): void {
    const worst = this.worst()
    this.waiting.push(request)
    if (this.holding.length < this.capacity) this.serve()
    else if (this.preemptive && worst && worst.priority > request.priority && this.holding.length <= this.capacity) {
      this.waiting.pop()
      this.holding = [...this.holding.filter((each) => each !== worst), request]
      this.story.push(`${request.id} starts`, `${worst.id} is preempted`)
    }
  }

  release(id: number): void {
    this.holding = this.holding.filter((each) => each.id !== id)
    this.serve()
  }

  withdraw(id: number): void {
    this.waiting = this.waiting.filter((each) => each.id !== id)
  }

  resize(capacity: number): void {
    this.capacity = capacity
    while (this.preemptive && this.holding.length > capacity) {
      const worst = this.worst() as Request
      this.holding = this.holding.filter((each) => each !== worst)
      this.story.push(`${worst.id} is preempted`)
    }
    this.serve()
  }

  advance(ms: number): void {
    for (const end = this.now + ms; this.now < end; this.now++) {
      for (const { id } of this.waiting.filter(({ deadline }) => deadline === this.now)) {
        this.withdraw(id)
        this.story.push(`${id} reneges`)
      }
      this.busyArea += this.holding.length
      this.queueArea += this.waiting.length
    }
  }

  private worst(): Request | undefined {
    return this.holding.toSorted((x, y) => y.priority - x.priority || y.id - x.id)[0]
  }

  private serve(): void {
    while (this.waiting.length > 0 && this.holding.length < this.capacity) {
      const [first] = this.prioritised
        ? this.waiting.toSorted((x, y) => x.priority - y.priority || x.id - y.id)
        : this.waiting
      this.withdraw(first.id)
      this.holding.push(first)
      this.story.push(`${first.id} starts`)
    }
  }
}

test('any sequence of requests, releases, withdrawals and changes of capacity goes as with two plain arrays', () => {
  const options = fc.record({ capacity: fc.nat(3), prioritised: fc.boolean(), preemptive: fc.boolean() })
  fc.assert(
    fc.property(options, fc.array(step, { maxLength: 60 }), ({ capacity, prioritised, preemptive }, steps) => {
      const kernel = new Kernel()
      const model = new TwoArrays(capacity, prioritised, preemptive)
      const story: string[] = []
      const tickets: Ticket[] = []
      const resource = new Resource(kernel, 'desk', {
        capacity,
        discipline: prioritised ? 'priority' : 'fifo',
        preemptive,
        granted: (id) => void story.push(`${id} starts`),
        reneged: (id) => void story.push(`${id} reneges`),
        preempted: (id) => void story.push(`${id} is preempted`),
      })
      for (const step of steps) {
        if (step.do === 'request') {
          const id = tickets.length
          model.request({ id, priority: step.priority, deadline: kernel.now + step.patience })
          tickets.push(resource.request(id, step.priority, step.patience))
        } else if (step.do === 'resize') {
          model.resize(step.capacity)
          resource.resize(step.capacity)
        } else if (step.do === 'wait') {
          model.advance(step.ms)
          kernel.runUntil(kernel.now + step.ms)
        } else if (tickets.length > 0) {
          const id = step.which % tickets.length
          const of = step.do === 'release' ? model.holding : model.waiting
          const expected = of.some((each) => each.id === id)
          model[step.do](id)
          expect(resource[step.do](tickets[id])).toBe(expected)
        }
        expect(story).toEqual(model.story)
        expect([resource.busy, resource.queueLength]).toEqual([model.holding.length, model.waiting.length])
      }
      const { busy, queue } = resource.usage!
      expect([busy.area(kernel.now), queue.area(kernel.now)]).toEqual([model.busyArea, model.queueArea])
    }),
    { numRuns: 300 },
  )
})
