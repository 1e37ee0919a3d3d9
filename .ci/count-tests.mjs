// Prints how many tests passed and how many failed according to a report of vitest's JSON reporter.
import { readFileSync } from "node:fs"

const report = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8"))
console.log(report.numPassedTests, report.numFailedTests)
