/** The wrong programs that the simulator must tell from the right one. */
import type { Variant } from "../Process.ts"
import { decisionBugs } from "./decisionBugs.ts"
import { handlerBugs } from "./handlerBugs.ts"
import { portBugs } from "./portBugs.ts"
import { randomNames } from "./randomNames.ts"

export const seededBugs: ReadonlyArray<Variant> = [...handlerBugs, ...portBugs, randomNames, ...decisionBugs]
