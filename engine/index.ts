/** Entry point `marketsim/engine`. */
export { type EventHandler, type EventKind, Kernel } from './kernel.ts'
export { type Stream, Streams } from './random/streams.ts'
