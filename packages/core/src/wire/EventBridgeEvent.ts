/**
 * The frame of every EventBridge event.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * The frame's fields that we read; `time` is ISO 8601 in whole seconds with `Z`. Source: EventBridge user guide, "Events".
 *
 * @category models
 * @since 0.1.0
 */
export const fields = {
  id: Schema.optionalKey(Schema.String),
  "detail-type": Schema.String,
  source: Schema.String,
  time: Schema.String,
}

/**
 * An event of any source; what `detail` holds is up to source and detail type.
 *
 * @category models
 * @since 0.1.0
 */
export const EventBridgeEvent = Schema.Struct(fields)
export type EventBridgeEvent = typeof EventBridgeEvent.Type
