/**
 * The command line `tributary` and its parts.
 *
 * @since 0.1.0
 */
export * as Cli from "./Cli.ts"
export * as ConfigFile from "./ConfigFile.ts"
export * as ExtractTime from "./ExtractTime.ts"
export * as FileSource from "./FileSource.ts"
export * as LakeFolder from "./LakeFolder.ts"
export * as LakeLayer from "./LakeLayer.ts"
export * as LakeQuery from "./LakeQuery.ts"
