import { it } from "@effect/vitest"
import * as NodeDigest from "@tributary/adapters-node/NodeDigest"
import * as DigestContract from "@tributary/core/testing/DigestContract"
import { Effect } from "effect"

for (const { name, run } of DigestContract.cases()) it.effect(name, () => Effect.provide(run, NodeDigest.layer))
