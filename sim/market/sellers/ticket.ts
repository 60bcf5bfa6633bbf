import { lifecycle } from '../../cell/lifecycle.ts'

/** L-01: a service ticket to the cloud, from its filing to its solution by the service desk. */
export const ticket = lifecycle('service ticket', {
  open: { solve: 'solved' },
  solved: { solve: null },
})
