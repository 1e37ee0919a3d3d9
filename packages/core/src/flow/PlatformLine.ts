/**
 * Tells the lines that Lambda itself writes from those of the function.
 *
 * @since 0.1.0
 */
import type { JsonNode } from "../json/Json.ts"

/** Text log format: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html */
const prefixes = ["START RequestId: ", "END RequestId: ", "REPORT RequestId: ", "INIT_START Runtime"]

/**
 * Whether a message is a platform line: text that begins as Lambda's does, or an object whose `type` is `platform.*`, as the JSON log format writes it.
 * An object without Lambda's `record` that has fields of the flow is the function's own.
 *
 * @category guards
 * @since 0.1.0
 */
export const isPlatformLine = (
  message: string,
  node: JsonNode | undefined,
  fields: ReadonlyMap<string, number>,
): boolean => {
  if (prefixes.some((prefix) => message.startsWith(prefix))) return true
  if (node?.kind !== "object") return false
  const type = node.members.get("type")
  if (type?.kind !== "string" || !type.value.startsWith("platform.")) return false
  return node.members.has("record") || !Array.from(node.members.keys()).some((name) => fields.has(name))
}
