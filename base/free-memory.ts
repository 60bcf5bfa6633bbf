/**
 * Collects what nothing uses any more, where the process was started with `--expose-gc` (`cli/supervise.js`): V8 counts objects, and columns
 * of hundreds of MiB behind a few of them wait until there are many new ones.
 */
export const freeMemory = (): void => void globalThis.gc?.()
