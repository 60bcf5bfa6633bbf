/** What the pool has in place of a result that is in a shared folder: its digest. */
import { digestOfStored } from '../results/stored-run.ts'

const MARK = /^in a folder: ([0-9a-f]{64})$/

export const folderMark = (text: string): string => `in a folder: ${digestOfStored(text)}`

/** The digest of the result that is in a folder; undefined for a result itself. */
export const markedDigest = (stored: string): string | undefined => MARK.exec(stored)?.[1]
