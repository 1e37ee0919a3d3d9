/** Wrong programs, made by wrapping the ports of each process: what the adapters or the flow would do if they were careless there. */
import { Compression } from "@tributary/core/Compression"
import { JournalStore, type StoredEvent } from "@tributary/core/JournalStore"
import { ObjectStore, type ObjectRef } from "@tributary/core/ObjectStore"
import { RowSink } from "@tributary/core/RowSink"
import { SeenKeys } from "@tributary/core/SeenKeys"
import { TableCatalog } from "@tributary/core/TableCatalog"
import type { SimRandom } from "@tributary/core/testing/sim/SimRandom"
import { Context, Effect, Stream } from "effect"
import type { Ports, Variant } from "../Process.ts"

type Wrap<Service> = (service: Service, random: SimRandom) => Service

const wrapping =
  <Id extends Ports, Service>(port: Context.Key<Id, Service>) =>
  (name: string, wrap: Wrap<Service>): Variant => ({
    name,
    ports: (ports, random) =>
      Context.add(ports, port, wrap(Context.get(ports as Context.Context<Id>, port), random)) as Context.Context<Ports>,
  })

const store = wrapping(ObjectStore)
const journal = wrapping(JournalStore)
const seenKeys = wrapping(SeenKeys)
const catalog = wrapping(TableCatalog)
const sink = wrapping(RowSink)
const compression = wrapping(Compression)

const isFile = ({ key }: ObjectRef): boolean => key.endsWith(".parquet")

const versionOf = (service: JournalStore["Service"], stream: string) =>
  Stream.runFold(
    service.read(stream),
    () => 0,
    (_, { version }) => version,
  )

/** Events that a process has not been told of yet: what it read of a stream first stays true for it. */
const remembered = (service: JournalStore["Service"]) => {
  const seen = new Map<string, ReadonlyArray<StoredEvent>>()
  return (stream: string, after: number) =>
    Stream.unwrap(
      Effect.map(
        seen.has(stream)
          ? Effect.succeed(seen.get(stream)!)
          : Effect.tap(Stream.runCollect(service.read(stream)), (events) =>
              Effect.sync(() => seen.set(stream, events)),
            ),
        (events) => Stream.fromIterable(events.filter(({ version }) => version > after)),
      ),
    )
}

export const portBugs: ReadonlyArray<Variant> = [
  store("files are written whatever lies there", (service) => ({
    ...service,
    upload: (ref) => service.upload(ref, "any"),
  })),
  store("what exists already is taken for ours without reading it back", (service) => ({
    ...service,
    upload: (ref, condition) =>
      Effect.map(service.upload(ref, condition), (upload) => ({
        ...upload,
        complete: Effect.catchReason(upload.complete, "ObjectStoreError", "Conflict", () =>
          Effect.succeed({ ...ref, version: "", size: 0, modifiedAt: 0 }),
        ),
      })),
  })),
  store("an upload shows before it is complete", (service) => ({
    ...service,
    upload: (ref) =>
      Effect.sync(() => {
        const pieces: Array<Uint8Array> = []
        return {
          write: (bytes) => {
            pieces.push(bytes)
            return Effect.asVoid(service.put(ref, Buffer.concat(pieces), "any"))
          },
          complete: Effect.suspend(() => service.put(ref, Buffer.concat(pieces), "any")),
        }
      }),
  })),
  store("an error at the end of an upload is swallowed", (service) => ({
    ...service,
    upload: (ref, condition) =>
      Effect.map(service.upload(ref, condition), (upload) => ({
        ...upload,
        complete: Effect.catch(upload.complete, () => Effect.succeed({ ...ref, version: "", size: 0, modifiedAt: 0 })),
      })),
  })),
  store("an upload that times out is removed, though it may have arrived", (service) => ({
    ...service,
    upload: (ref, condition) =>
      Effect.map(service.upload(ref, condition), (upload) => ({
        ...upload,
        complete: Effect.tapError(upload.complete, ({ reason }) =>
          reason._tag === "Unavailable" ? service.put(ref, new Uint8Array(), "any") : Effect.void,
        ),
      })),
  })),
  store("an object is read as it is now, not in the version that was told", (service) => ({
    ...service,
    head: ({ bucket, key }) => service.head({ bucket, key }),
    get: ({ bucket, key }, range) => service.get({ bucket, key }, range),
  })),
  store("files of earlier generations are not brought beside the new ones", (service) => ({
    ...service,
    upload: (ref, condition) =>
      Effect.flatMap(Effect.option(service.head({ ...ref, key: ref.key.replace(/\/g\d+\//, "/g1/") })), (first) =>
        Effect.map(service.upload(ref, condition), (upload) =>
          isFile(ref) && !ref.key.includes("/g1/") && first._tag === "Some"
            ? { write: () => Effect.void, complete: Effect.succeed(first.value) }
            : upload,
        ),
      ),
  })),
  journal("the expected version is ignored", (service) => ({
    ...service,
    append: (append) =>
      Effect.flatMap(versionOf(service, append.stream), (expectedVersion) =>
        service.append({ ...append, expectedVersion }),
      ),
  })),
  journal("the loser of a race believes that it has won", (service) => ({
    ...service,
    append: (append) =>
      Effect.catchReason(service.append(append), "JournalStoreError", "Conflict", () =>
        Effect.succeed({ version: append.expectedVersion + append.events.length }),
      ),
  })),
  journal("an append whose answer was lost is sent again later, whatever was appended since", (service) => ({
    ...service,
    append: (append) => {
      const again = Effect.flatMap(versionOf(service, append.stream), (expectedVersion) =>
        service.append({ ...append, expectedVersion, commandId: `${append.commandId}-again` }),
      )
      return Effect.tapError(service.append(append), ({ isRetryable }) =>
        isRetryable ? Effect.forkDetach(Effect.delay(Effect.exit(again), "30 seconds")) : Effect.void,
      )
    },
  })),
  journal("an append is acknowledged and not always kept", (service, random) => ({
    ...service,
    append: (append) =>
      Effect.suspend(() =>
        random.chance(0.02)
          ? Effect.succeed({ version: append.expectedVersion + append.events.length })
          : service.append(append),
      ),
  })),
  journal("an append of several events keeps the first when its process dies", (service, random) => ({
    ...service,
    append: (append) => {
      const [first, ...rest] = append.events
      const [second, ...others] = rest
      return second === undefined || !random.chance(0.3)
        ? service.append(append)
        : Effect.andThen(
            service.append({ ...append, commandId: `${append.commandId}-first`, events: [first] }),
            service.append({
              ...append,
              expectedVersion: append.expectedVersion + 1,
              events: [second, ...others],
            }),
          )
    },
  })),
  journal("a process never reads a stream a second time", (service) => {
    const read = remembered(service)
    return {
      ...service,
      read: (stream, after = 0) =>
        stream.startsWith("partition/") ? read(stream, after) : service.read(stream, after),
    }
  }),
  journal("a retry makes a plan of its own", (service) => {
    const own = new Set<string>()
    return {
      ...service,
      read: (stream, after = 0) =>
        Stream.unwrap(
          Effect.map(Stream.runCollect(service.read(stream)), (events) => {
            const isForgotten = events.at(-1)?.type === "Planned@1" && !own.has(stream)
            const kept = isForgotten ? events.filter(({ type }) => type !== "Planned@1") : events
            return Stream.fromIterable(kept.filter(({ version }) => version > after))
          }),
        ),
      append: (append) => {
        if (!append.stream.startsWith("input/")) return service.append(append)
        if (append.events[0].type === "Planned@1") own.add(append.stream)
        return Effect.flatMap(versionOf(service, append.stream), (expectedVersion) =>
          service.append({ ...append, expectedVersion }),
        )
      },
    }
  }),
  seenKeys("no key is remembered", (service) => ({
    claim: (claim) => Effect.map(service.claim(claim), () => []),
  })),
  seenKeys("a retry is told that its own keys are taken", (service, random) => ({
    claim: (claim) => service.claim({ ...claim, inputId: `${claim.inputId}-${random.between(0, 1_000_000)}` }),
  })),
  catalog("the catalog is pointed once, some time later", (service, random) => ({
    ...service,
    pointPartitions: (table, partitions) =>
      Effect.asVoid(
        Effect.forkDetach(
          Effect.delay(Effect.exit(service.pointPartitions(table, partitions)), random.between(0, 120_000)),
        ),
      ),
  })),
  catalog("an error of the catalog is swallowed", (service) => ({
    ...service,
    pointPartitions: (table, partitions) => Effect.ignore(service.pointPartitions(table, partitions)),
  })),
  sink("rows that the warehouse refuses are forgotten", (service) => ({
    append: (batch, keys) => Effect.map(service.append(batch, keys), () => ({ rejected: [] })),
  })),
  sink("an error of the warehouse is swallowed", (service) => ({
    append: (batch, keys) => Effect.catch(service.append(batch, keys), () => Effect.succeed({ rejected: [] })),
  })),
  sink("rows go to the warehouse under new keys each time", (service, random) => ({
    append: (batch, keys) =>
      service.append(
        batch,
        keys.map((key) => `${key}-${random.between(0, 1_000_000)}`),
      ),
  })),
  compression("a compressed object that is cut counts as read to its end", (service) => ({
    ...service,
    inflate: (bytes, maxBytes) =>
      Stream.catchTag(service.inflate(bytes, maxBytes), "CompressionError", () => Stream.empty),
  })),
]
