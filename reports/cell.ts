/** What a query to a record may return: whole numbers are bigint. */
export type Cell = bigint | number | string | null
export type Row = Readonly<Record<string, Cell>>
