/** Charges that are all of some resources, or of some hours. */

/** Whole groups of charges: each of the named resources, or of the hours, with all of its charges. */
export function wholeGroups(
  held: readonly { readonly resource: string; readonly hour: number }[],
  ofResource: ReadonlyMap<string, number>,
  ofHour: ReadonlyMap<number, number>,
): { resources?: readonly string[]; hours?: number } {
  const resources = new Map<string, number>()
  const hours = new Map<number, number>()
  for (const { resource, hour } of held) {
    resources.set(resource, (resources.get(resource) ?? 0) + 1)
    hours.set(hour, (hours.get(hour) ?? 0) + 1)
  }
  const areAll = <K>(found: ReadonlyMap<K, number>, all: ReadonlyMap<K, number>): boolean =>
    [...found].every(([name, count]) => all.get(name) === count)
  return {
    ...(areAll(resources, ofResource) ? { resources: [...resources.keys()] } : {}),
    ...(areAll(hours, ofHour) ? { hours: hours.size } : {}),
  }
}

export const listed = (names: readonly string[]): string =>
  names.slice(0, 5).join(', ') + (names.length > 5 ? ` and ${names.length - 5} more` : '')
