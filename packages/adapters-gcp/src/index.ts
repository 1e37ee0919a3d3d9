/**
 * Tributary's ports on Google Cloud.
 *
 * @since 0.1.0
 */
export * as BigQueryClient from "./BigQueryClient.ts"
export * as BigQueryQueryEngine from "./BigQueryQueryEngine.ts"
export * as BigQueryRowSink from "./BigQueryRowSink.ts"
export * as BigQueryTable from "./BigQueryTable.ts"
export * as BigQueryTableId from "./BigQueryTableId.ts"
