/** The test of somebody's service, with sinks in memory. */
// #region imports
import { assert, it } from "@effect/vitest"
import * as Quarantine from "@tributary/core/flow/Quarantine"
import { Lake } from "@tributary/core/Lake"
import * as memory from "@tributary/core/memory"
import * as RowSinkMemory from "@tributary/core/memory/RowSinkMemory"
import * as PortError from "@tributary/core/PortError"
import { RowSink, RowSinkError } from "@tributary/core/RowSink"
import { Effect, Layer, Stream } from "effect"
import * as OrderFeed from "./OrderFeed.ts"
// #endregion imports

// #region ports
const lake = Layer.succeed(Lake, { bucket: "lake", prefix: "", address: (key) => key })
const ports = Layer.mergeAll(memory.layer, lake)
const payload = (...messages: ReadonlyArray<string>) => ({
  messageType: "DATA_MESSAGE",
  owner: "123456789012",
  logGroup: "/aws/lambda/shop",
  logStream: "2026/02/03/[$LATEST]9c1d",
  logEvents: messages.map((message, i) => ({ id: String(i), timestamp: 1_770_109_200_123, message })),
})
// #endregion ports

// #region once
it.effect("sends an order once, however often its payload comes", () =>
  Effect.gen(function* () {
    const sink = yield* RowSinkMemory.make()
    const order = payload('{"session_id":7,"action":"order"}')
    yield* Effect.gen(function* () {
      assert.deepStrictEqual(yield* OrderFeed.receive(order), { orders: 1, refused: 0 })
      assert.deepStrictEqual(yield* OrderFeed.receive(order), { orders: 0, refused: 0 })
    }).pipe(Effect.provideService(RowSink, sink), Effect.provide(ports))
    const rows = yield* sink.rows
    assert.deepStrictEqual(
      rows.map(({ cells: [, ...cells] }) => cells),
      [["2026-02-03T09:00:00.123Z", 7n, "order", null]],
    )
  }),
)
// #endregion once

// #region refused
it.effect("keeps what the warehouse refuses", () =>
  Effect.gen(function* () {
    const summary = yield* OrderFeed.receive(payload('{"session_id":-1}', '{"session_id":8}'))
    assert.deepStrictEqual(summary, { orders: 1, refused: 1 })
    const [item] = yield* Stream.runCollect(Quarantine.list())
    assert.strictEqual(item?.reason, "RejectedBySink")
    assert.strictEqual(item?.detail, "no such session")
  }).pipe(
    Effect.provide(
      RowSinkMemory.layerWith({ reject: ({ cells }) => (cells[2] === -1n ? "no such session" : undefined) }),
    ),
    Effect.provide(ports),
  ),
)
// #endregion refused

// #region down
it.effect("fails while the warehouse is down, and goes on when it is back", () =>
  Effect.gen(function* () {
    const order = payload('{"session_id":9}')
    const reason = new PortError.Unavailable({ detail: "it is down" })
    const down = RowSink.of({ append: () => Effect.fail(new RowSinkError({ operation: "append", reason })) })
    const error = yield* OrderFeed.receive(order).pipe(Effect.provideService(RowSink, down), Effect.flip)
    assert.strictEqual(error.message, "append: it is down")
    assert.deepStrictEqual(yield* OrderFeed.receive(order), { orders: 1, refused: 0 })
  }).pipe(Effect.provide(ports)),
)
// #endregion down
