/** Calling a handler as Lambda does, and reading what it logs. */
import type { Handler, LambdaContext } from "@tributary/runtime-lambda/Handler"
import { Effect } from "effect"
import { vi } from "vitest"

/** An invocation with so many milliseconds left whenever it asks; the last number stands for all later ones. */
export const contextOf = (...remaining: ReadonlyArray<number>): LambdaContext => {
  let asked = 0
  return {
    awsRequestId: "request-1",
    getRemainingTimeInMillis: () => remaining[Math.min(asked++, remaining.length - 1)] ?? 60_000,
  }
}

export interface Logged {
  readonly level: string
  readonly message: string
  readonly cause: string
  readonly annotations: Readonly<Record<string, string>>
}

/** Calls the handler; answers what it resolved or rejected with, and its log lines. */
export const invoke = <Answer>(handler: Handler<Answer>, event: unknown, context = contextOf()) =>
  Effect.promise(async () => {
    const lines: Array<Logged> = []
    const spy = vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(JSON.parse(line)))
    try {
      return { answer: await handler(event, context), lines }
    } catch (error) {
      return { error: error as Error, lines }
    } finally {
      spy.mockRestore()
    }
  })

export const messages = ({ lines }: { readonly lines: ReadonlyArray<Logged> }): ReadonlyArray<string> =>
  lines.map(({ level, message }) => `${level} ${message}`)
