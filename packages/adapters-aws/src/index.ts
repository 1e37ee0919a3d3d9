/**
 * Tributary's ports on AWS. Each module can be imported alone, so that a bundle has the SDK clients that it uses: `@tributary/adapters-aws/S3ObjectStore`.
 *
 * @since 0.1.0
 */
export * as AthenaQueryEngine from "./AthenaQueryEngine.ts"
export * as GlueTableCatalog from "./GlueTableCatalog.ts"
export * as S3ObjectStore from "./S3ObjectStore.ts"
export * as SqsMessageQueue from "./SqsMessageQueue.ts"
