/**
 * {@link RecordSource} in memory: the deliveries that it was given.
 *
 * @since 0.1.0
 */
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import type { Delivery } from "../Delivery.ts"
import { RecordSource } from "../RecordSource.ts"

/**
 * A source of these deliveries.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = (deliveries: Iterable<Delivery> = []): RecordSource["Service"] =>
  RecordSource.of({ deliveries: Stream.fromIterable([...deliveries]) })

/**
 * A source that lists nothing.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer: Layer.Layer<RecordSource> = Layer.succeed(RecordSource, make())

/**
 * A source of these deliveries.
 *
 * @category layers
 * @since 0.1.0
 */
export const layerWith = (deliveries: Iterable<Delivery>): Layer.Layer<RecordSource> =>
  Layer.succeed(RecordSource, make(deliveries))
