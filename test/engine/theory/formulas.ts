/** Stationary results of queueing theory that more than one model needs. Rates are per unit of time. */

/** Stationary distribution of a birth-death process with states 0..top. */
export function birthDeath(top: number, birth: (state: number) => number, death: (state: number) => number): number[] {
  const weights = [1]
  for (let state = 1; state <= top; state++) weights.push((weights[state - 1] * birth(state - 1)) / death(state))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map((weight) => weight / total)
}

/** Sum of `value(state)` weighted with the distribution. */
export function expectation(distribution: readonly number[], value: (state: number) => number): number {
  return distribution.reduce((sum, share, state) => sum + share * value(state), 0)
}

/** Share of calls lost with `servers` servers and `load` erlangs offered (A. K. Erlang 1917), by its recursion. */
export function erlangB(servers: number, load: number): number {
  let blocked = 1
  for (let n = 1; n <= servers; n++) blocked = (load * blocked) / (n + load * blocked)
  return blocked
}

/** The fewest servers at which at most `target` of the calls are lost. */
export function unitsFor(load: number, target: number): number {
  let servers = 0
  while (erlangB(servers, load) > target) servers++
  return servers
}

/** Share of customers who wait with `servers` servers and `load` erlangs offered (A. K. Erlang 1917). */
export function erlangC(servers: number, load: number): number {
  const blocked = erlangB(servers, load)
  return (servers * blocked) / (servers - load * (1 - blocked))
}
