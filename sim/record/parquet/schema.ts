/** The columns of a Parquet file, and how each is stored. */
import type { Field } from './thrift.ts'

/**
 * int32, int64   whole numbers
 * instant        milliseconds since the epoch, UTC
 * date           days since 1 January 1970
 * decimal        whole units of 10^-scale: below 9.2e18 of them, or of any size up to 38 digits where `isWide`
 * text           words, of which there are few: a dictionary
 */
export type ParquetKind = 'int32' | 'int64' | 'instant' | 'date' | 'decimal' | 'text'

export interface ParquetColumn {
  readonly name: string
  readonly kind: ParquetKind
  /** Of decimals: digits behind the point. */
  readonly scale?: number
  readonly isWide?: boolean
  /** Whether a row may have no value. */
  readonly isOptional?: boolean
}

/** The numbers of Parquet's format. */
export const physical = { INT32: 1, INT64: 2, BYTE_ARRAY: 6, FIXED: 7 } as const
export const encodings = { PLAIN: 0, RLE: 3, DELTA_BINARY_PACKED: 5, RLE_DICTIONARY: 8 } as const
export const pages = { DATA: 0, DICTIONARY: 2 } as const
export const ZSTD = 6

/** Bytes of a wide decimal. */
export const WIDE_BYTES = 16
const NARROW_DIGITS = 18
const WIDE_DIGITS = 38

export function physicalOf({ kind, isWide = false }: ParquetColumn): number {
  if (kind === 'text') return physical.BYTE_ARRAY
  if (kind === 'int32' || kind === 'date') return physical.INT32
  return isWide ? physical.FIXED : physical.INT64
}

/** Both ways to say what numbers mean: older readers know the first alone. */
function meaningOf({ kind, scale = 0, isWide = false }: ParquetColumn): Field[] {
  const digits = isWide ? WIDE_DIGITS : NARROW_DIGITS
  switch (kind) {
    case 'text':
      return [
        [6, 'i32', 0],
        [10, 'struct', [[1, 'struct', []]]],
      ]
    case 'date':
      return [
        [6, 'i32', 6],
        [10, 'struct', [[6, 'struct', []]]],
      ]
    case 'instant': {
      const milliseconds: Field = [2, 'struct', [[1, 'struct', []]]]
      return [
        [6, 'i32', 9],
        [10, 'struct', [[8, 'struct', [[1, 'flag', true], milliseconds]]]],
      ]
    }
    case 'decimal': {
      const decimal: Field[] = [
        [1, 'i32', scale],
        [2, 'i32', digits],
      ]
      return [
        [6, 'i32', 5],
        [7, 'i32', scale],
        [8, 'i32', digits],
        [10, 'struct', [[5, 'struct', decimal]]],
      ]
    }
    default:
      return []
  }
}

/** The schema of a file: its root, then its columns. */
export const schemaFields = (columns: readonly ParquetColumn[]): Field[][] => [
  [
    [4, 'text', 'schema'],
    [5, 'i32', columns.length],
  ],
  ...columns.map((column): Field[] => [
    [1, 'i32', physicalOf(column)],
    ...(physicalOf(column) === physical.FIXED ? [[2, 'i32', WIDE_BYTES] as Field] : []),
    [3, 'i32', column.isOptional ? 1 : 0],
    [4, 'text', column.name],
    ...meaningOf(column),
  ]),
]
