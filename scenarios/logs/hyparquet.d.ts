/** What the importer uses of hyparquet, in the types of its version 1.33. */
declare module 'hyparquet' {
  export interface ParquetColumnType {
    name: string
    num_children?: number
    converted_type?: string
    logical_type?: { type: string; scale?: number }
    scale?: number
  }
  export interface ParquetMetadata {
    schema: ParquetColumnType[]
    row_groups: { num_rows: bigint }[]
  }
  export interface AsyncBuffer {
    byteLength: number
    slice(start: number, end?: number): ArrayBuffer | Promise<ArrayBuffer>
  }
  export function asyncBufferFromFile(path: string): Promise<AsyncBuffer>
  export function parquetMetadataAsync(file: AsyncBuffer): Promise<ParquetMetadata>
}

declare module 'hyparquet/src/read.js' {
  import type { AsyncBuffer, ParquetMetadata } from 'hyparquet'
  export function parquetReadColumn(options: {
    file: AsyncBuffer
    metadata: ParquetMetadata
    columns: string[]
    rowStart: number
    rowEnd: number
    compressors: Record<string, (bytes: Uint8Array, length: number) => Uint8Array>
    utf8: boolean
  }): Promise<ArrayLike<unknown>>
}
