/**
 * How much one input may ask of this program.
 *
 * @since 0.1.0
 */

/**
 * Limits in bytes, but for `depth`, which counts levels of JSON.
 *
 * @category models
 * @since 0.1.0
 */
export interface Limits {
  /** Decompressed size of one CloudWatch Logs payload. */
  readonly payloadBytes: number
  /** Decompressed size of one object. */
  readonly objectBytes: number
  /** One line of JSON Lines. */
  readonly lineBytes: number
  /** One report page: a document that may span lines. */
  readonly documentBytes: number
  readonly depth: number
}

/**
 * 64 MiB a payload, 4 GiB an object, 16 MiB a line, 64 MiB a page, 64 levels.
 *
 * @category constants
 * @since 0.1.0
 */
export const defaultLimits: Limits = {
  payloadBytes: 64 * 1024 * 1024,
  objectBytes: 4 * 1024 * 1024 * 1024,
  lineBytes: 16 * 1024 * 1024,
  documentBytes: 64 * 1024 * 1024,
  depth: 64,
}
