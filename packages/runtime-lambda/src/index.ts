/**
 * Tributary on AWS Lambda. Each module can be imported alone, and should be: `@tributary/runtime-lambda/WarehouseLayer` loads BigQuery,
 * `@tributary/runtime-lambda/LakeLayer` does not.
 *
 * @since 0.1.0
 */
export * as Environment from "./Environment.ts"
export * as FlowServices from "./FlowServices.ts"
export * as GaHandler from "./GaHandler.ts"
export * as Handler from "./Handler.ts"
export * as LakeLayer from "./LakeLayer.ts"
export * as LogsHandler from "./LogsHandler.ts"
export * as StorageLayer from "./StorageLayer.ts"
export * as WarehouseLayer from "./WarehouseLayer.ts"
