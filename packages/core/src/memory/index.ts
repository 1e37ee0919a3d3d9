/**
 * Every port of the project in memory: for tests, and for small uses that may forget everything when the process ends.
 *
 * @since 0.1.0
 */
import * as Layer from "effect/Layer"
import * as CompressionMemory from "./CompressionMemory.ts"
import * as DigestMemory from "./DigestMemory.ts"
import * as EventPublisherMemory from "./EventPublisherMemory.ts"
import * as FlowRunnerMemory from "./FlowRunnerMemory.ts"
import * as JournalStoreMemory from "./JournalStoreMemory.ts"
import * as MessageQueueMemory from "./MessageQueueMemory.ts"
import * as ObjectStoreMemory from "./ObjectStoreMemory.ts"
import * as ParquetEncoderMemory from "./ParquetEncoderMemory.ts"
import * as ParquetReaderMemory from "./ParquetReaderMemory.ts"
import * as QueryEngineMemory from "./QueryEngineMemory.ts"
import * as RecordSourceMemory from "./RecordSourceMemory.ts"
import * as RowSinkMemory from "./RowSinkMemory.ts"
import * as SecretSourceMemory from "./SecretSourceMemory.ts"
import * as SeenKeysMemory from "./SeenKeysMemory.ts"
import * as TableCatalogMemory from "./TableCatalogMemory.ts"

export {
  CompressionMemory,
  DigestMemory,
  EventPublisherMemory,
  FlowRunnerMemory,
  JournalStoreMemory,
  MessageQueueMemory,
  ObjectStoreMemory,
  ParquetEncoderMemory,
  ParquetReaderMemory,
  QueryEngineMemory,
  RecordSourceMemory,
  RowSinkMemory,
  SecretSourceMemory,
  SeenKeysMemory,
  TableCatalogMemory,
}

/**
 * All ports, empty. Put a layer of your own over it where one should hold something from the start.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = Layer.mergeAll(
  CompressionMemory.layer,
  DigestMemory.layer,
  EventPublisherMemory.layer,
  FlowRunnerMemory.layer,
  JournalStoreMemory.layer,
  MessageQueueMemory.layer,
  ObjectStoreMemory.layer,
  ParquetEncoderMemory.layer,
  ParquetReaderMemory.layer,
  QueryEngineMemory.layer,
  RecordSourceMemory.layer,
  RowSinkMemory.layer,
  SecretSourceMemory.layer,
  SeenKeysMemory.layer,
  TableCatalogMemory.layer,
)
