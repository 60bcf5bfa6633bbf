/**
 * A value by a name that a file chose: only one that the object has itself, never one that all objects inherit. A region
 * may be called `constructor`. (Structured clones of a scenario have the prototype of all objects, whatever was cloned.)
 */
export function own<T>(record: Readonly<Record<string, T>> | null | undefined, name: string): T | undefined {
  return record != null && Object.hasOwn(record, name) ? record[name] : undefined
}
