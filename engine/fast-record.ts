/**
 * An object with these properties, all null, in the order given. V8 keeps it in fast mode, where a property is a load at
 * a fixed place: an object that is filled by keyed stores becomes a hash table after some twenty properties, and each
 * access a look-up. Parsing gives the layout of a literal without generating code.
 */
export const fastRecord = (names: readonly string[]): Record<string, unknown> =>
  JSON.parse(`{${names.map((name) => `${JSON.stringify(name)}:null`).join(',')}}`)
