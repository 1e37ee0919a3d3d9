/**
 * The configuration of a project: `tributary.config.ts`, `.mjs` or `.js`, whose default export is what `defineConfig` answers.
 *
 * ```ts
 * import { defineConfig } from "@tributary/core/Config"
 * export default defineConfig({ codec: "snappy" })
 * ```
 *
 * @since 0.1.0
 */
import { type Config, defineConfig } from "@tributary/core/Config"
import * as Effect from "effect/Effect"
import { existsSync } from "node:fs"
import { registerHooks } from "node:module"
import * as path from "node:path"
import { pathToFileURL } from "node:url"
import { WrongCall } from "./WrongCall.ts"

const names = ["tributary.config.ts", "tributary.config.mjs", "tributary.config.js"]

/**
 * The configuration at `given`; else that of the nearest folder, upward from `from`, that has one; else the two seed flows. Fails with the path and what
 * is wrong there.
 *
 * @category loading
 * @since 0.1.0
 */
export const load = Effect.fn("ConfigFile.load")(function* (given: string | undefined, from: string = process.cwd()) {
  const file = given === undefined ? nearest(path.resolve(from)) : path.resolve(from, given)
  if (file === undefined) return defineConfig()
  const name = given ?? (path.relative(from, file) || file)
  if (!existsSync(file)) return yield* new WrongCall({ sentence: `there is no configuration ${name}` })
  helpToFindTributary()
  const cannotUse = (error: unknown) =>
    new WrongCall({ sentence: `${name} cannot be used: ${error instanceof Error ? error.message : String(error)}` })
  const loaded: { readonly default?: unknown } = yield* Effect.tryPromise({
    try: () => import(pathToFileURL(file).href),
    catch: cannotUse,
  })
  const config = loaded.default
  if (typeof config !== "object" || config === null) {
    return yield* new WrongCall({
      sentence: `${name} cannot be used: write \`export default defineConfig({ … })\` in it`,
    })
  }
  // Whoever exported a plain object gets the defaults and the checks as well.
  return yield* Effect.try({ try: () => defineConfig(config as Partial<Config>), catch: cannotUse })
})

const nearest = (folder: string): string | undefined => {
  const found = names.map((name) => path.join(folder, name)).find((file) => existsSync(file))
  if (found !== undefined) return found
  const parent = path.dirname(folder)
  return parent === folder ? undefined : nearest(parent)
}

let helped = false

/** A configuration far from any node_modules, beside the data for instance, finds the packages that this command uses itself. */
const helpToFindTributary = (): void => {
  if (helped) return
  helped = true
  registerHooks({
    resolve: (specifier, context, nextResolve) => {
      try {
        return nextResolve(specifier, context)
      } catch (error) {
        if (!/^(@tributary\/|effect(\/|$))/.test(specifier)) throw error
        return nextResolve(specifier, { ...context, parentURL: import.meta.url })
      }
    },
  })
}
