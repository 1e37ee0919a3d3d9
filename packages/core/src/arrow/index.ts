/**
 * Column batches and Apache Arrow. The only part of core that needs the optional peer `apache-arrow`.
 *
 * @since 0.1.0
 */
export { type ArrowOptions, arrowSchema } from "./ArrowTypes.ts"
export { fromRecordBatch } from "./FromArrow.ts"
export { toIpc, toIpcMessages, toRecordBatch } from "./ToArrow.ts"
