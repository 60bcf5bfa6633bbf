/** How what was paid for is provided: a change takes effect, servers are created, a flow begins (S-01), a seller sets it up. */
export type Fulfilment = 'change' | 'servers' | 'supervised' | 'seller'
