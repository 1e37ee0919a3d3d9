import * as S3ObjectStore from "@tributary/adapters-aws/S3ObjectStore"
import { ObjectStore } from "@tributary/core/ObjectStore"
import { cases } from "@tributary/core/testing/ObjectStoreContract"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import { clouds } from "../../../scripts/clouds/clouds.ts"
import { holds } from "./support/contract.ts"
import { newBucket } from "./support/aws.ts"

clouds()

describe.each([{ versions: false }, { versions: true }])(
  "S3ObjectStore on ministack, versions: $versions",
  async (options) => {
    const bucket = await newBucket(options)
    holds(cases({ bucket, prefix: "contract/", listed: 1_100 }), S3ObjectStore.layerConfig)

    it.live("names versions as its events do", () =>
      Effect.gen(function* () {
        const store = yield* ObjectStore
        const { version } = yield* store.put({ bucket, key: "named" }, Uint8Array.of(1), "any")
        const listed = yield* Stream.runCollect(store.list(bucket, "named"))
        assert.strictEqual(version.startsWith("etag:"), !options.versions)
        assert.deepStrictEqual(
          listed.map((info) => info.version),
          [version],
        )
      }).pipe(Effect.provide(S3ObjectStore.layerConfig)),
    )
  },
)
