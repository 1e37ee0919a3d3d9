/**
 * Entry point of the Google Analytics function: the seed's flow `ga`, from `ga-data/` into `appflow_data.ga_sample`. For another flow or folder, a file
 * like this one.
 *
 * @since 0.1.0
 */
import { defineConfig } from "@tributary/core/Config"
import { makeGaHandler } from "./GaHandler.ts"
import * as LakeLayer from "./LakeLayer.ts"

/**
 * What Lambda calls: `ga.handler`.
 *
 * @category handlers
 * @since 0.1.0
 * @public
 */
export const handler = makeGaHandler({ config: defineConfig(), flow: "ga", layer: LakeLayer.layer })
