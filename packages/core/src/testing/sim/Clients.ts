/**
 * The ports of one process: the services of the world, each call of them over the process's own {@link Network}.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { JournalStore, JournalStoreError } from "../../JournalStore.ts"
import { MessageQueue, MessageQueueError } from "../../MessageQueue.ts"
import { type ObjectRef, ObjectStore, ObjectStoreError, type Upload } from "../../ObjectStore.ts"
import type { Reason } from "../../PortError.ts"
import { RowSink, RowSinkError } from "../../RowSink.ts"
import { SeenKeys, SeenKeysError } from "../../SeenKeys.ts"
import { TableCatalog, TableCatalogError } from "../../TableCatalog.ts"
import type { Call, Network } from "./Network.ts"

type Failure<E> = (operation: string, reason: Reason) => E

const ofObjectStore: Failure<ObjectStoreError> = (operation, reason) => new ObjectStoreError({ operation, reason })
const ofJournal: Failure<JournalStoreError> = (operation, reason) => new JournalStoreError({ operation, reason })
const ofQueue: Failure<MessageQueueError> = (operation, reason) => new MessageQueueError({ operation, reason })
const ofSink: Failure<RowSinkError> = (operation, reason) => new RowSinkError({ operation, reason })
const ofSeenKeys: Failure<SeenKeysError> = (operation, reason) => new SeenKeysError({ operation, reason })
const ofCatalog: Failure<TableCatalogError> = (operation, reason) => new TableCatalogError({ operation, reason })

const callOf =
  (port: string) =>
  (operation: string, about: string, kind: Call["kind"]): Call => ({ port, operation, about, kind })

const nameOf = ({ bucket, key }: ObjectRef): string => `${bucket}/${key}`

/**
 * An upload's pieces stay with the client until it is completed; `complete` is the write.
 *
 * @category clients
 * @since 0.1.0
 */
export const objectStore = (network: Network, service: ObjectStore["Service"]): ObjectStore["Service"] => {
  const call = callOf("ObjectStore")
  return ObjectStore.of({
    get: (ref, range) => network.fetch(call("get", nameOf(ref), "read"), service.get(ref, range), ofObjectStore),
    head: (ref) => network.send(call("head", nameOf(ref), "read"), service.head(ref), ofObjectStore),
    put: (ref, bytes, condition) =>
      network.send(call("put", nameOf(ref), "write"), service.put(ref, bytes, condition), ofObjectStore),
    upload: (ref, condition) =>
      Effect.map(
        network.send(call("upload", nameOf(ref), "piece"), service.upload(ref, condition), ofObjectStore),
        ({ complete, write }): Upload => ({
          write: (bytes) => network.send(call("write", nameOf(ref), "piece"), write(bytes), ofObjectStore),
          complete: network.send(call("complete", nameOf(ref), "write"), complete, ofObjectStore),
        }),
      ),
    list: (bucket, prefix) =>
      network.fetch(call("list", `${bucket}/${prefix}`, "read"), service.list(bucket, prefix), ofObjectStore),
  })
}

/**
 * @category clients
 * @since 0.1.0
 */
export const journalStore = (network: Network, service: JournalStore["Service"]): JournalStore["Service"] => {
  const call = callOf("JournalStore")
  return JournalStore.of({
    append: (append) => network.send(call("append", append.stream, "write"), service.append(append), ofJournal),
    read: (stream, after) => network.fetch(call("read", stream, "read"), service.read(stream, after), ofJournal),
    readAll: (after) => network.fetch(call("readAll", after ?? "", "read"), service.readAll(after), ofJournal),
  })
}

/**
 * @category clients
 * @since 0.1.0
 */
export const messageQueue = (network: Network, service: MessageQueue["Service"]): MessageQueue["Service"] => {
  const call = callOf("MessageQueue")
  return MessageQueue.of({
    receive: (options) => network.send(call("receive", "", "write"), service.receive(options), ofQueue),
    ack: (receipts) => network.send(call("ack", receipts.join(" "), "write"), service.ack(receipts), ofQueue),
    extend: (receipt, seconds) =>
      network.send(call("extend", receipt, "write"), service.extend(receipt, seconds), ofQueue),
    send: (bodies) => network.send(call("send", `${bodies.length} messages`, "write"), service.send(bodies), ofQueue),
  })
}

/**
 * @public
 * @category clients
 * @since 0.1.0
 */
export const rowSink = (network: Network, service: RowSink["Service"]): RowSink["Service"] => {
  const call = callOf("RowSink")
  return RowSink.of({
    append: (batch, keys) =>
      network.send(call("append", `${batch.rows} rows`, "write"), service.append(batch, keys), ofSink),
  })
}

/**
 * @category clients
 * @since 0.1.0
 */
export const seenKeys = (network: Network, service: SeenKeys["Service"]): SeenKeys["Service"] => {
  const call = callOf("SeenKeys")
  return SeenKeys.of({
    claim: (claim) => network.send(call("claim", claim.inputId, "write"), service.claim(claim), ofSeenKeys),
  })
}

/**
 * @category clients
 * @since 0.1.0
 */
export const tableCatalog = (network: Network, service: TableCatalog["Service"]): TableCatalog["Service"] => {
  const call = callOf("TableCatalog")
  const named = (operation: string, table: { readonly database: string; readonly name: string }, kind: Call["kind"]) =>
    call(operation, `${table.database}.${table.name}`, kind)
  return TableCatalog.of({
    ensureTable: (table) =>
      network.send(named("ensureTable", table.schema, "write"), service.ensureTable(table), ofCatalog),
    getTable: (database, name) =>
      network.send(named("getTable", { database, name }, "read"), service.getTable(database, name), ofCatalog),
    addColumns: (table, columns) =>
      network.send(named("addColumns", table.schema, "write"), service.addColumns(table, columns), ofCatalog),
    pointPartitions: (table, partitions) =>
      network.send(
        call("pointPartitions", partitions.map(({ location }) => location).join(" "), "write"),
        service.pointPartitions(table, partitions),
        ofCatalog,
      ),
    partitions: (database, name) =>
      network.fetch(named("partitions", { database, name }, "read"), service.partitions(database, name), ofCatalog),
  })
}
