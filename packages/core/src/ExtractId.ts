/**
 * Which extract a file belongs to, told by its key: AppFlow puts its execution id, a UUID, into a folder's or the file's name.
 *
 * @since 0.1.0
 */

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i

/**
 * The first UUID in a key or path, in lower case; undefined where there is none, and the object is an extract of its own.
 *
 * @example
 * ```ts
 * import * as ExtractId from "@tributary/core/ExtractId"
 *
 * ExtractId.fromKey("ga-data/ga-flow/2026/01/04/5B0F4C1E-6A0D-4F0E-9A51-0C7D2E8B9F10/1") // => "5b0f4c1e-6a0d-4f0e-9a51-0c7d2e8b9f10"
 * ExtractId.fromKey("report.json") // => undefined
 * ```
 *
 * @category identity
 * @since 0.1.0
 */
export const fromKey = (key: string): string | undefined => uuid.exec(key)?.[0].toLowerCase()
