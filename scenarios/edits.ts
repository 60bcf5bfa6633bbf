/** Changes of a text that an error proposes: an editor or a script can make them. */

/** Replaces `length` characters at a place by `text`; a place is in one line, and lines end in \n. */
export interface Edit {
  /** From 1. */
  readonly line: number
  /** From 1, in characters. */
  readonly column: number
  readonly length: number
  readonly text: string
}

/** The text with all edits made. Edits of one place are made once; where two overlap, the first wins. */
export function withEdits(text: string, edits: readonly Edit[]): string {
  const lines = text.split('\n')
  const backwards = [...edits].sort((a, b) => b.line - a.line || b.column - a.column || a.length - b.length)
  let before: Edit | undefined
  for (const edit of backwards) {
    const overlaps =
      before !== undefined && before.line === edit.line && edit.column + Math.max(1, edit.length) > before.column
    const line = lines[edit.line - 1]
    if (line === undefined || overlaps) continue
    const at = edit.column - 1
    lines[edit.line - 1] = line.slice(0, at) + edit.text + line.slice(at + edit.length)
    before = edit
  }
  return lines.join('\n')
}
