/** All cases, by kind. */
import type { Case } from "./Case.ts"
import * as compressed from "./compressed.ts"
import * as encodings from "./encodings.ts"
import * as names from "./names.ts"
import * as shapes from "./shapes.ts"
import * as values from "./values.ts"

export const all: Readonly<Record<string, ReadonlyArray<Case>>> = {
  "one value in every column": values.cases,
  "encodings and line ends": encodings.cases,
  "gzip and zlib": compressed.cases,
  names: names.cases,
  ...shapes.cases,
}
