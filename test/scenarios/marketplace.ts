/** A small valid scenario for tests to spoil. */
export const marketplace = `name: small
question: Is it read?
start: 2024-03-01T00:00:00+08:00
end: 2024-04-01T00:00:00+08:00
seed: 7
currency: USD
policies:
  grace.days: 15
regions:
  - id: ap-1
    zones:
      - id: ap-1a
        pools:
          - flavour: c6.large
            capacity: 60
            hourly: "0.12"
            provisioning: 90s
  - id: eu-1
    zones:
      - id: eu-1a
        pools:
          - flavour: m7.huge
            capacity: 3
            hourly: 0.135
sellers:
  - segment: isv
    count: 6
    regions: { ap-1: 2, eu-1: 1 }
catalog:
  - id: stack
    kind: image
    seller: isv/1
    category: infrastructure
    specifications:
      - { id: plain, billing: pay-per-use, hourly: "0.05" }
  - id: crm
    kind: saas
    seller: isv/2
    category: business-software
    specifications:
      - id: seats
        billing: monthly
        quantity: { attribute: users, min: 5, max: 200, step: 5 }
        discount: { percentOff: 10 }
        plans:
          - months: 1
            price: { model: tiered, bands: [{ upTo: 50, unit: "9.5" }, { upTo: null, unit: "7" }] }
          - months: 12
            price: { model: linear, unit: 95 }
buyers:
  - segment: start-ups
    count: 400
    regions: { ap-1: 1 }
    wallet: { opening: 60, topUp: { below: "15", amount: "50", reaction: 2h } }
    load: { poisson: { perBuyer: 3/week } }
    buys:
      - { product: stack, specification: plain, flavour: c6.large, lifetime: { exponential: { mean: 9h } } }
      - { product: crm, specification: seats, quantity: { discrete: { values: [5, 10] } }, months: 12 }
events: []
thresholds:
  orders.refused: "== 0"
`
