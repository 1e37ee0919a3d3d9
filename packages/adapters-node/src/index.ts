/**
 * Tributary's ports on Node and embedded engines.
 *
 * @since 0.1.0
 */
export * as DiskCatalog from "./DiskCatalog.ts"
export * as DuckDbQueryEngine from "./DuckDbQueryEngine.ts"
export * as FileObjectStore from "./FileObjectStore.ts"
export * as HyparquetEncoder from "./HyparquetEncoder.ts"
export * as HyparquetReader from "./HyparquetReader.ts"
export * as NodeCompression from "./NodeCompression.ts"
export * as NodeDigest from "./NodeDigest.ts"
export * as SqliteJournalStore from "./SqliteJournalStore.ts"
export * as SqliteSeenKeys from "./SqliteSeenKeys.ts"
