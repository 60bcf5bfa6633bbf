/**
 * Errors planted into the engine: each one line that is easily written wrong. `npm run validate -- --short --only models`
 * or the unit tests that are named must catch it; none of these knows a digest of a sound tree.
 */
import type { Mutant } from './plant.ts'

const suite = (...names: string[]) => names.map((name) => `test/engine/${name}.test.ts`)
const order = suite('kernel', 'future-event-list')
const laws = suite('random/distributions')
const accuracy = suite('mathematics/accuracy')

export const engineMutants: readonly Mutant[] = [
  {
    file: 'engine/resources/lines.ts',
    text: 'return this.head\n',
    instead: 'return this.tail\n',
    breaks: 'first come, first served: the last goes first',
  },
  {
    file: 'engine/random/streams.ts',
    text: 'return high + ((low * 0x200000) | 0) * ULP_53',
    instead: 'return high',
    breaks: 'uniform numbers have 53 bits: the low ones are zero',
  },
  {
    file: 'engine/resources/resource.ts',
    text: 'while (this.held > this.capacity) this.evict(this.holders.first())\n    this.serve()',
    instead: 'while (this.held > this.capacity) this.evict(this.holders.first())',
    breaks: 'resize serves those who wait',
  },
  {
    file: 'engine/resources/resource.ts',
    text: 'this.yieldUnit(request)\n    this.serve()',
    instead: 'this.yieldUnit(request)',
    breaks: 'a released unit goes to the next',
  },
  {
    file: 'engine/resources/resource.ts',
    text: 'if (this.held + this.tickets.units(request) > this.capacity) break',
    instead: 'if (this.held + this.tickets.units(request) > this.capacity + 1) break',
    breaks: 'no more units are held than there are',
  },
  {
    file: 'engine/resources/lines.ts',
    text: 'words[x | 1] - words[y | 1]',
    instead: 'words[y | 1] - words[x | 1]',
    breaks: 'lower priorities go first',
  },
  {
    file: 'engine/resources/lines.ts',
    text: '(words[x | 4] - words[y | 4])',
    instead: '(words[y | 4] - words[x | 4])',
    breaks: 'equal priorities go as they came',
    tests: suite('resources/resource', 'resources/resource-law'),
  },
  {
    file: 'engine/resources/tickets.ts',
    text: '(words[request | 7] + 1) & GENERATION',
    instead: 'words[request | 7] & GENERATION',
    breaks: 'an old ticket is refused',
    tests: suite('resources/resource', 'resources/resource-law'),
  },
  {
    file: 'engine/future-event-list/tick-order.ts',
    text: 'return rank < otherRank ||',
    instead: 'return rank > otherRank ||',
    breaks: 'lower ranks go first within an instant',
    tests: order,
  },
  {
    file: 'engine/future-event-list/tick-order.ts',
    text: 'words[record | 3] < words[other | 3]',
    instead: 'words[record | 3] <= words[other | 3]',
    breaks: 'equal events keep the order of scheduling',
    tests: order,
  },
  {
    file: 'engine/future-event-list/tick-order.ts',
    text: 'keys[left] <= keys[right]',
    instead: 'keys[left] < keys[right]',
    breaks: 'many equal events keep the order of scheduling',
    tests: order,
  },
  {
    file: 'engine/future-event-list/timing-wheel.ts',
    text: 'if (first !== head && !comesBefore(words, record, first)) record = first',
    instead: 'if (first !== head) record = first',
    breaks: 'an event scheduled within its instant goes before what it precedes',
    tests: order,
  },
  {
    file: 'engine/kernel.ts',
    text: 'if (end !== Number.POSITIVE_INFINITY) this.list.moveTo(end)',
    instead: '',
    breaks: 'runUntil sets the clock to its end',
    tests: order,
  },
  {
    file: 'engine/kernel.ts',
    text: 'digest.fold5(list.within, (marks[kind] + list.block) | 0, entity, a, b)',
    instead: 'digest.fold5(list.within, (marks[kind] + list.block) | 0, entity, a, 0)',
    breaks: 'the digest knows every number of an event',
    tests: suite('kernel', 'digest'),
  },
  {
    file: 'engine/statistics/time-weighted.ts',
    text: 'return this.accrued + this.value * (now - this.last)',
    instead: 'return this.accrued',
    breaks: 'the area reaches up to now',
    tests: suite('statistics/time-weighted'),
  },
  {
    file: 'engine/statistics/tally.ts',
    text: 'this.squares += deviation * (x - mean)',
    instead: 'this.squares += deviation * deviation',
    breaks: 'the variance of a tally',
    tests: suite('statistics/tally'),
  },
  {
    file: 'engine/statistics/tally.ts',
    text: 'this.squares / (this.count - 1)',
    instead: 'this.squares / this.count',
    breaks: 'the variance of a tally is unbiased',
    tests: suite('statistics/tally'),
  },
  {
    file: 'engine/statistics/tally.ts',
    text: '((this.count * other.count) / count)',
    instead: 'other.count',
    breaks: 'two tallies merge into the tally of both',
    tests: suite('statistics/tally'),
  },
  {
    file: 'engine/statistics/confidence.ts',
    text: 'return studentTQuantile(upperTail(confidence), count - 1)',
    instead: 'return studentTQuantile(confidence, count - 1)',
    breaks: 'intervals have two sides',
    tests: suite('statistics/intervals'),
  },
  {
    file: 'engine/statistics/student-t.ts',
    text: 'return { tail: lower / 2, centre: upper / 2, slope: term }',
    instead: 'return { tail: lower, centre: upper / 2, slope: term }',
    breaks: 'the tail of Student’s t',
    tests: suite('statistics/student-t'),
  },
  {
    file: 'engine/statistics/mser5.ts',
    text: '(left * left)',
    instead: 'left',
    breaks: 'MSER-5 minimises the marginal standard error',
    tests: suite('statistics/mser5'),
  },
  {
    file: 'engine/statistics/effective-size.ts',
    text: 'sum += 2 * least',
    instead: 'sum += least',
    breaks: 'correlation counts in both directions',
    tests: suite('statistics/effective-size'),
  },
  {
    file: 'engine/mathematics/power.ts',
    text: 'return expSum(product, productLow + y * lnLow)',
    instead: 'return expSum(product, 0)',
    breaks: 'pow keeps what the product rounds away',
    tests: accuracy,
  },
  {
    file: 'engine/mathematics/long-logarithm.ts',
    text: 'lnLow = rest - (ln - sum)',
    instead: 'lnLow = rest',
    breaks: 'the logarithm in two floats',
    tests: accuracy,
  },
  {
    file: 'engine/mathematics/exponential.ts',
    text: 'const low = -k * LN2_LOW',
    instead: 'const low = 0',
    breaks: 'expm1 takes away all of k ln 2',
    tests: accuracy,
  },
  {
    file: 'engine/random/distributions/lognormal.ts',
    text: 'return { mu: log(mean) - square / 2,',
    instead: 'return { mu: log(mean),',
    breaks: 'a lognormal has the mean it was given',
    tests: laws,
  },
  {
    file: 'engine/random/distributions/truncated.ts',
    text: 'return upper ? fromAbove(1 - p) : fromBelow(p, BELOW_ONE)',
    instead: 'return fromBelow(p, BELOW_ONE)',
    breaks: 'a tail is drawn from its own digits',
    tests: laws,
  },
  {
    file: 'engine/random/distributions/mixture.ts',
    text: 'u -= components[i++].weight',
    instead: 'i++',
    breaks: 'a part of a mixture is drawn from all of its law',
    tests: laws,
  },
  {
    file: 'engine/random/arrivals/non-homogeneous.ts',
    text: 'if (here >= bound || stream.next() * bound < here) return t',
    instead: 'return t',
    breaks: 'thinning refuses what is above the rate',
  },
  {
    file: 'engine/random/arrivals/batch.ts',
    text: 'Math.max(1, Math.round(',
    instead: 'Math.max(0, Math.floor(',
    breaks: 'a batch has the size that was drawn, at least 1',
    tests: suite('random/arrivals'),
  },
  {
    file: 'engine/resources/working-hours.ts',
    text: 'return span >= 0 && time < this.closes[span]\n',
    instead: 'return span >= 0 && time <= this.closes[span]\n',
    breaks: 'hours are half-open',
    tests: suite('resources/working-hours'),
  },
]
