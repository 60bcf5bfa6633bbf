// chance.ts
import { BatchArrivals, distribution, NonHomogeneousArrivals, profileRate, Streams } from '#engine/index.ts'

const streams = new Streams('chance', 3)
const ages = streams.stream('buyer/1742/ages')
const age = distribution({ truncated: { of: { normal: { mean: 40, sd: 12 } }, min: 18, max: 99 } })
console.log(Array.from({ length: 5 }, () => age.sample(ages).toFixed(1)).join(' '))
console.log(`mean ${age.mean.toFixed(2)}, median ${age.quantile(0.5).toFixed(2)}, up to 30: ${age.cdf(30).toFixed(3)}`)

// Three an hour on average, none before 08:00, most in the evening; each brings friends.
const HOUR = 3_600_000
const byHour = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 1, 1, 1, 1, 2, 3, 4, 3, 1, 1, 0]
const instants = new NonHomogeneousArrivals(profileRate(3 / HOUR, byHour, 0), 0, streams.stream('arrivals'))
const guests = new BatchArrivals(instants, distribution({ geometric: { mean: 1 } }), streams.stream('friends'))
for (let at = guests.next(0), i = 0; i < 3; at = guests.next(at), i++) {
  console.log(`${(at / HOUR).toFixed(2)} h: ${guests.batch}`)
}
