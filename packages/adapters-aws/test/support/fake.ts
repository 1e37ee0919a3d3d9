/** What the fakes of the narrow Apis share: failures as the SDK throws them, a record of the calls, faults to order. */

/** A failure that a service answered. */
export const serviceError = (name: string, status: number, message = "as ordered"): Error =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } })

/** A connection that ended before the answer came. */
export const hangUp = (): Error => Object.assign(new Error("socket hang up"), { code: "ECONNRESET" })

/** A call that was made. */
export interface Made<Api> {
  readonly call: keyof Api
  readonly input: unknown
}

/** What goes wrong with one call: it never reaches the service, its answer is lost on the way back, or the service refuses it. */
export type Fault = "request lost" | "answer lost" | Error

type Faults<Api> = { -readonly [Name in keyof Api]?: Array<Fault> }

/** An Api under watch. */
export interface Watched<Api> {
  readonly api: Api
  readonly made: Array<Made<Api>>
  readonly faults: Faults<Api>
}

/** The Api with every call recorded, and with faults that each meet one call, in order. */
export const watched = <Api extends object>(api: Api): Watched<Api> => {
  const made: Array<Made<Api>> = []
  const faults: Faults<Api> = {}
  const wrapped = new Proxy(api, {
    get: (target, name) => async (input: unknown, options: unknown) => {
      const call = name as keyof Api
      made.push({ call, input: structuredClone(input) })
      const fault = faults[call]?.shift()
      if (fault instanceof Error) throw fault
      if (fault === "request lost") throw hangUp()
      const answer: unknown = await (target[call] as (input: unknown, options: unknown) => Promise<unknown>)(
        input,
        options,
      )
      if (fault === "answer lost") throw hangUp()
      return answer
    },
  })
  return { api: wrapped, made, faults }
}
