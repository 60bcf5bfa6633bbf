/** A pool that is small enough for selections of many runs. */
export const poolScenario = `
name: pool
start: 2024-01-01T00:00:00Z
duration: 6h
policies: { time.utcOffset: Z }
regions: [{ id: r1, zones: [{ id: z1, pools: [{ flavour: f, capacity: 8, hourly: "1" }] }] }]
sellers: [{ segment: isv }]
catalog: [{ id: image, kind: image, seller: isv/1, category: c, specifications: [{ id: h, billing: pay-per-use, hourly: "0.1" }] }]
buyers:
  - { segment: s, count: 12, wallet: { opening: 9000 }, load: { poisson: { total: 8/h } }, buys: [{ product: image, specification: h, flavour: f, lifetime: { exponential: { mean: 1h } } }] }
`
