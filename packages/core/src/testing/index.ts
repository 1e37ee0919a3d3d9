/**
 * The contracts of the ports, as data: hold your own adapter against them.
 *
 * @since 0.1.0
 */
export * as CompressionContract from "./CompressionContract.ts"
export * as Contract from "./Contract.ts"
export * as DigestContract from "./DigestContract.ts"
export * as EventPublisherContract from "./EventPublisherContract.ts"
export * as FlowRunnerContract from "./FlowRunnerContract.ts"
export * as JournalStoreContract from "./JournalStoreContract.ts"
export * as MessageQueueContract from "./MessageQueueContract.ts"
export * as ObjectStoreContract from "./ObjectStoreContract.ts"
export * as ParquetEncoderContract from "./ParquetEncoderContract.ts"
export * as ParquetReaderContract from "./ParquetReaderContract.ts"
export * as QueryEngineContract from "./QueryEngineContract.ts"
export * as RecordSourceContract from "./RecordSourceContract.ts"
export * as RowSinkContract from "./RowSinkContract.ts"
export * as SecretSourceContract from "./SecretSourceContract.ts"
export * as SeenKeysContract from "./SeenKeysContract.ts"
export * as TableCatalogContract from "./TableCatalogContract.ts"
