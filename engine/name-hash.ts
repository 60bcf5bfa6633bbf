/**
 * A 32-bit hash of a name: FNV-1a over the UTF-16 code units, finished by a multiplication. A digest folds it in place
 * of a number, so that a history does not depend on the order in which names were declared.
 */
export function nameHash(name: string): number {
  let hash = 0x811c9dc5 | 0
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193)
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
}
