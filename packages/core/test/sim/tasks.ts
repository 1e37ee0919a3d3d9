/** What a thread is given to do, and what it answers. */
import { seededBugs } from "./bugs/index.ts"
import * as exhaustive from "./exhaustive.ts"
import type { Problem } from "./judge.ts"
import { type Result, simulate } from "./simulate.ts"
import type { Deaths } from "./weather.ts"

export type Task =
  | { readonly kind: "runs"; readonly from: number; readonly count: number }
  | { readonly kind: "deaths"; readonly deaths: ReadonlyArray<Deaths> }
  /** Looks for the first seed in which a wrong program is found out; then runs the right one with that seed. */
  | { readonly kind: "bug"; readonly bug: string; readonly from: number; readonly count: number }

/** A run that was found wrong. `replay` is what the command takes to run it again. */
export interface Failure {
  readonly replay: string
  readonly problems: ReadonlyArray<Problem>
  readonly trace: ReadonlyArray<string>
}

export interface Answer {
  readonly runs: number
  readonly records: number
  readonly calls: number
  readonly partialViews: number
  readonly counts: Readonly<Record<Problem["kind"], number>>
  readonly failures: ReadonlyArray<Failure>
  /** Of a bug: the seed and what was found. */
  readonly caught?: { readonly seed: number; readonly problem: Problem } | undefined
}

export const nothing: Answer = {
  runs: 0,
  records: 0,
  calls: 0,
  partialViews: 0,
  counts: { lost: 0, twice: 0, stuck: 0, wrong: 0 },
  failures: [],
}

/** More failures than this are counted only. */
const maxFailures = 3

export const add = (a: Answer, b: Answer): Answer => ({
  runs: a.runs + b.runs,
  records: a.records + b.records,
  calls: a.calls + b.calls,
  partialViews: a.partialViews + b.partialViews,
  counts: {
    lost: a.counts.lost + b.counts.lost,
    twice: a.counts.twice + b.counts.twice,
    stuck: a.counts.stuck + b.counts.stuck,
    wrong: a.counts.wrong + b.counts.wrong,
  },
  failures: [...a.failures, ...b.failures].slice(0, maxFailures),
})

export const isRight = ({ counts }: Answer): boolean => Object.values(counts).every((count) => count === 0)

const toAnswer = ({ calls, partialViews, problems, records, trace }: Result, replay: string): Answer => {
  const count = (kind: Problem["kind"]) => problems.filter((problem) => problem.kind === kind).length
  return {
    runs: 1,
    records,
    calls,
    partialViews,
    counts: { lost: count("lost"), twice: count("twice"), stuck: count("stuck"), wrong: count("wrong") },
    failures: problems.length === 0 ? [] : [{ replay, problems, trace }],
  }
}

export const carryOut = (task: Task): Answer => {
  let answer = nothing
  switch (task.kind) {
    case "runs":
      for (let seed = task.from; seed < task.from + task.count; seed++)
        answer = add(answer, toAnswer(simulate(seed), `--seed ${seed} --runs 1`))
      return answer
    case "deaths":
      for (const deaths of task.deaths)
        answer = add(answer, toAnswer(simulate(exhaustive.seed, { deaths }), `--deaths ${exhaustive.inWords(deaths)}`))
      return answer
    case "bug": {
      const variant = seededBugs.find(({ name }) => name === task.bug)
      if (variant === undefined) throw new Error(`there is no seeded bug ${task.bug}`)
      for (let seed = task.from; seed < task.from + task.count; seed++) {
        const [problem] = simulate(seed, { variant }).problems
        if (problem !== undefined)
          return { ...toAnswer(simulate(seed), `--seed ${seed} --runs 1`), caught: { seed, problem } }
      }
      return answer
    }
  }
}
