/** What a commit waits for. `full`: the disk. `normal`: nothing but checkpoints do. `off`: nothing ever does. */
export const syncModes = ['full', 'normal', 'off'] as const
export type SyncMode = (typeof syncModes)[number]
