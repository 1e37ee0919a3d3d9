/** The library in ten lines: one line of a Google Analytics export, delivered twice, into a lake in memory. */
// #region code
import { defineConfig } from "@tributary/core/Config"
import * as IngestCall from "@tributary/core/flow/IngestCall"
import { Lake } from "@tributary/core/Lake"
import * as memory from "@tributary/core/memory"
import * as Utf8 from "@tributary/core/Utf8"
import { Effect, Layer, Stream } from "effect"

const bytes = Utf8.encode('{"dateHour":"2026020309","deviceCategory":"mobile","activeUsers":"7"}')
const delivery = { source: "users.json", content: { bytes }, identity: "digest", modifiedAt: 0 } as const
const lake = Layer.succeed(Lake, { bucket: "lake", prefix: "", address: (key) => key })

export const summary = IngestCall.run(defineConfig(), "ga", Stream.make(delivery, delivery)).pipe(
  Effect.provide([memory.layer, lake]),
)
// #endregion code
