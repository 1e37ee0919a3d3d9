import { describe, it } from "@effect/vitest"
import { EventPublisher } from "@tributary/core/EventPublisher"
import * as EventPublisherMemory from "@tributary/core/memory/EventPublisherMemory"
import * as EventPublisherContract from "@tributary/core/testing/EventPublisherContract"
import { Effect } from "effect"

describe("EventPublisherMemory", () => {
  for (const [i, { name }] of EventPublisherContract.cases({ prefix: "" }).entries()) {
    it.effect(name, () =>
      Effect.gen(function* () {
        const publisher = yield* EventPublisherMemory.make
        const cases = EventPublisherContract.cases({ prefix: "", published: publisher.published })
        yield* cases[i]!.run.pipe(Effect.provideService(EventPublisher, publisher))
      }),
    )
  }
})
