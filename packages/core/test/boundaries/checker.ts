/**
 * Reads a source file's imports and compares them with what its package may import.
 *
 * The compiler already keeps Node and the DOM out of core; this finds what it cannot see, since npm's hoisting lets
 * every package resolve every other one.
 */
import { existsSync, readFileSync } from "node:fs"
import { posix } from "node:path"
import { type Node, parseSync, Visitor } from "oxc-parser"

/** A source file, named by its path from the repository's root. */
export interface SourceFile {
  /** Such as `packages/core/src/RowSink.ts`. */
  readonly path: string
  readonly text: string
}

interface Finding {
  readonly text: string
  readonly offset: number
}

/** Names of imports that a package's sources may use beside relative ones; effect is looked at separately. */
const allowed: Readonly<Record<string, ReadonlyArray<RegExp>>> = {
  core: [],
  "adapters-aws": [/^@tributary\/core(\/|$)/, /^node:/, /^@aws-sdk\//],
  "adapters-gcp": [/^@tributary\/core(\/|$)/, /^node:/, /^@google-cloud\//, /^google-auth-library(\/|$)/],
  "adapters-node": [/^@tributary\/core(\/|$)/, /^node:/, /^hyparquet(-writer)?(\/|$)/, /^@duckdb\/node-api(\/|$)/],
  "runtime-lambda": [/^@tributary\//, /^node:/],
  "runtime-node": [/^@tributary\//, /^node:/, /^@effect\/platform-node(\/|$)/],
}

/** The one part of core that knows a foreign library. Nothing outside it loads it, so that the library stays optional. */
const arrowFolder = "packages/core/src/arrow/"

const nodeModules = new URL("../../../../node_modules/", import.meta.url)
const stableModules = new Map<string, boolean>()

/**
 * Whether a module of effect is stable: the first comment of its source, which describes the module, is tagged so.
 * Barrels of folders carry no tag and do not count.
 */
export const isStableEffectModule = (specifier: string): boolean => {
  const known = stableModules.get(specifier)
  if (known !== undefined) return known
  const source = new URL(`effect/src/${specifier.slice("effect/".length)}.ts`, nodeModules)
  const comment = existsSync(source) ? /\/\*\*[^]*?\*\//.exec(readFileSync(source, "utf8"))?.[0] : undefined
  const stable = comment?.includes("@stability stable") ?? false
  stableModules.set(specifier, stable)
  return stable
}

const packageOf = (path: string): string => path.split("/")[1] ?? ""

/** Why a file must not import `specifier`, or `undefined` where it may. */
const importProblem = (path: string, specifier: string): string | undefined => {
  const name = packageOf(path)
  if (specifier.startsWith(".")) {
    const target = posix.join(posix.dirname(path), specifier)
    if (!target.startsWith(`packages/${name}/src/`)) return "leaves its package's src"
    if (target.startsWith(arrowFolder) && !path.startsWith(arrowFolder)) return "makes apache-arrow a must for core"
    return undefined
  }
  if (specifier === "effect") return "is the barrel: import the module's own path, such as effect/Effect"
  if (specifier.startsWith("effect/")) {
    return name === "core" && !isStableEffectModule(specifier) ? "is not a stable module of effect" : undefined
  }
  if (/^@tributary\/.*\/internal(\/|$)/.test(specifier)) return "is another package's internal module"
  if (specifier === "apache-arrow" && path.startsWith(arrowFolder)) return undefined
  return allowed[name]?.some((pattern) => pattern.test(specifier)) ? undefined : `is not for ${name}`
}

/** Packages whose time, randomness and configuration come from outside. */
const isPure = (name: string): boolean => name === "core" || name.startsWith("adapters-")

const isIdentifier = (node: Node, name: string): boolean => node.type === "Identifier" && node.name === name

/** Imports of a file in whatever form, and its uses of the clock, of chance and of the environment. */
const scan = (file: SourceFile) => {
  const imports: Array<Finding> = []
  const impure: Array<Finding> = []
  const addImport = (source: Node | null): void => {
    if (source?.type === "Literal" && typeof source.value === "string") {
      imports.push({ text: source.value, offset: source.start })
    }
  }
  const { program, errors } = parseSync(file.path, file.text)
  if (errors.length > 0) throw new Error(`${file.path}: ${errors[0]?.message}`)
  new Visitor({
    ImportDeclaration: (node) => addImport(node.source),
    ExportAllDeclaration: (node) => addImport(node.source),
    ExportNamedDeclaration: (node) => addImport(node.source),
    ImportExpression: (node) => addImport(node.source),
    TSImportType: (node) => addImport(node.source),
    TSExternalModuleReference: (node) => addImport(node.expression),
    MemberExpression: (node) => {
      for (const [object, property] of [
        ["Date", "now"],
        ["process", "env"],
        ["Math", "random"],
      ] as const) {
        const named =
          node.property.type === "Literal" ? node.property.value === property : isIdentifier(node.property, property)
        if (named && isIdentifier(node.object, object))
          impure.push({ text: `${object}.${property}`, offset: node.start })
      }
    },
    CallExpression: (node) => {
      if (isIdentifier(node.callee, "Date")) impure.push({ text: "Date()", offset: node.start })
    },
    NewExpression: (node) => {
      if (!isIdentifier(node.callee, "Date")) return
      // Of a given moment it is a conversion, which SDKs ask for; core has DateTime for that.
      if (node.arguments.length === 0) impure.push({ text: "new Date()", offset: node.start })
      else if (packageOf(file.path) === "core") impure.push({ text: "new Date(…)", offset: node.start })
    },
  }).visit(program)
  return { imports, impure }
}

/** What is wrong with a file, one line each: where, and why. */
export const violations = (file: SourceFile): ReadonlyArray<string> => {
  const { imports, impure } = scan(file)
  const at = (finding: Finding): string => `${file.path}:${file.text.slice(0, finding.offset).split("\n").length}`
  return [
    ...imports.flatMap((found) => {
      const problem = importProblem(file.path, found.text)
      return problem === undefined ? [] : [`${at(found)} imports ${found.text}, which ${problem}`]
    }),
    ...(isPure(packageOf(file.path)) ? impure.map((found) => `${at(found)} uses ${found.text}`) : []),
  ]
}
