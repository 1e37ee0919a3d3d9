/**
 * Why a wire shape was refused, in the words of the quarantine.
 *
 * @since 0.1.0
 */
import type * as Schema from "effect/Schema"
import type * as SchemaIssue from "effect/SchemaIssue"
import { reject, type Rejection } from "../QuarantineReason.ts"

/**
 * `MissingRequired` where the first thing wrong is a key that is not there, `WrongType` otherwise. The detail names the place and what was
 * expected, never the value: Schema reports no input unless it is asked to.
 *
 * @category conversions
 * @since 0.1.0
 */
export const fromSchemaError = (error: Schema.SchemaError): Rejection =>
  reject(isMissing(error.issue) ? "MissingRequired" : "WrongType", error.message)

const isMissing = (issue: SchemaIssue.Issue): boolean => {
  switch (issue._tag) {
    case "MissingKey":
      return true
    case "Pointer":
    case "Filter":
    case "Encoding":
      return isMissing(issue.issue)
    case "Composite":
      return isMissing(issue.issues[0])
    default:
      return false
  }
}
