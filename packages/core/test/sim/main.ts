/**
 * `npm run sim -- --runs N --seed S`: N worlds, from seed S on. With `--seeded-bugs`: wrong programs, each of which must be found out. With
 * `--exhaustive`: one small world, with a death at every call of a port. `--trace` shows the last steps of a single run that went well, too.
 */
import { parseArgs } from "node:util"
import { seededBugs } from "./bugs/index.ts"
import * as exhaustive from "./exhaustive.ts"
import { simulate } from "./simulate.ts"
import { type Answer, add, type Failure, isRight, nothing, type Task } from "./tasks.ts"
import { carryOutAll } from "./threads.ts"

const { values } = parseArgs({
  options: {
    runs: { type: "string" },
    seed: { type: "string", default: "1" },
    "seeded-bugs": { type: "boolean", default: false },
    exhaustive: { type: "boolean", default: false },
    pairs: { type: "string", default: "1000" },
    bug: { type: "string" },
    deaths: { type: "string" },
    trace: { type: "boolean", default: false },
  },
})

const wholeNumber = (name: string, text: string): number => {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new Error(`--${name} takes a whole number, not ${text}`)
}

const command = "npm run sim --"
const tell = (line: string): void => void process.stdout.write(`${line}\n`)

const tellFailure = ({ problems, replay, trace }: Failure): void => {
  for (const line of trace) tell(`    ${line}`)
  for (const { kind, what } of problems.slice(0, 10)) tell(`  ${kind}: ${what}`)
  if (problems.length > 10) tell(`  and ${problems.length - 10} more`)
  tell(`again: ${command} ${replay}`)
  tell("")
}

/** Progress goes to standard error, where it is a terminal. */
const tellProgress = (done: number, of: number): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${of}${done === of ? "\n" : ""}`)
}

const sizes = (count: number, size: number): ReadonlyArray<number> =>
  Array.from({ length: Math.ceil(count / size) }, (_, i) => Math.min(size, count - i * size))

const tellSum = (sum: Answer): boolean => {
  for (const failure of sum.failures) tellFailure(failure)
  const { lost, stuck, twice, wrong } = sum.counts
  tell(`${sum.records} records, ${sum.calls} calls of ports, ${sum.partialViews} partial views of runs ended early`)
  tell(`stuck ${stuck}, wrong ${wrong}`)
  tell(`runs ${sum.runs}, lost ${lost}, twice ${twice}`)
  return isRight(sum)
}

const runAll = async (tasks: ReadonlyArray<Task>): Promise<boolean> => {
  let sum = nothing
  let done = 0
  await carryOutAll(tasks, (answer) => {
    sum = add(sum, answer)
    tellProgress(++done, tasks.length)
  })
  return tellSum(sum)
}

const runs = (count: number, seed: number): Promise<boolean> => {
  let from = seed
  return runAll(
    sizes(count, 25).map((size) => {
      const task = { kind: "runs", from, count: size } as const
      from += size
      return task
    }),
  )
}

const runOne = (): boolean => {
  const seed = values.deaths === undefined ? wholeNumber("seed", values.seed) : exhaustive.seed
  const deaths = values.deaths === undefined ? undefined : exhaustive.fromWords(values.deaths)
  if (values.deaths !== undefined && deaths === undefined)
    throw new Error(`--deaths takes dies-before:17,40, not ${values.deaths}`)
  const variant = seededBugs.find(({ name }) => name === values.bug)
  if (values.bug !== undefined && variant === undefined) throw new Error(`there is no seeded bug "${values.bug}"`)
  const result = simulate(seed, { deaths, variant })
  const found = result.problems.length > 0
  if (values.trace && !found) for (const line of result.trace) tell(`    ${line}`)
  const bug = values.bug === undefined ? "" : ` --bug "${values.bug}"`
  const replay = (values.deaths === undefined ? `--seed ${seed} --runs 1` : `--deaths ${values.deaths}`) + bug
  const count = (kind: string) => result.problems.filter((problem) => problem.kind === kind).length
  return tellSum({
    ...nothing,
    runs: 1,
    records: result.records,
    calls: result.calls,
    partialViews: result.partialViews,
    counts: { lost: count("lost"), twice: count("twice"), stuck: count("stuck"), wrong: count("wrong") },
    failures: found ? [{ replay, problems: result.problems, trace: result.trace }] : [],
  })
}

const runBugs = async (count: number, from: number): Promise<boolean> => {
  let caught = 0
  let right = nothing
  const tasks = seededBugs.map(({ name }): Task => ({ kind: "bug", bug: name, from, count }))
  await carryOutAll(tasks, (answer, task) => {
    const name = task.kind === "bug" ? task.bug : ""
    right = add(right, answer)
    if (answer.caught === undefined) return tell(`NOT caught in ${count} runs: ${name}`)
    caught++
    const { problem, seed } = answer.caught
    tell(`caught: ${name}`)
    tell(`  ${problem.kind}: ${problem.what.slice(0, 160)}`)
    tell(`  again: ${command} --seed ${seed} --runs 1 --bug "${name}"`)
  })
  for (const failure of right.failures) tellFailure(failure)
  tell(`the right program, same seeds: runs ${right.runs}, ${isRight(right) ? "nothing found" : "WRONG"}`)
  tell(`caught ${caught} of ${seededBugs.length}`)
  return caught === seededBugs.length && isRight(right)
}

const runExhaustive = (): Promise<boolean> => {
  const calls = exhaustive.calls()
  const deaths = [...exhaustive.singles(calls), ...exhaustive.pairs(calls, wholeNumber("pairs", values.pairs))]
  tell(`${calls} calls of ports: a death before each, after each, and ${deaths.length - 2 * calls} pairs of deaths`)
  let from = 0
  return runAll(
    sizes(deaths.length, 25).map((size) => ({ kind: "deaths", deaths: deaths.slice(from, (from += size)) })),
  )
}

const main = async (): Promise<boolean> => {
  const seed = wholeNumber("seed", values.seed)
  if (values["seeded-bugs"]) return runBugs(wholeNumber("runs", values.runs ?? "1000"), seed)
  if (values.exhaustive) return runExhaustive()
  const count = wholeNumber("runs", values.runs ?? "1000")
  return values.deaths !== undefined || count === 1 ? runOne() : runs(count, seed)
}

process.exitCode = (await main()) ? 0 : 1
