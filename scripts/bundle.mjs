// Bundles the Lambda functions: each entry point of packages/runtime-lambda becomes one ESM file in its folder `bundle`, with a source map beside it.
// Fails where a bundle is larger than it may be, or holds a module that its function never needs.
import { readFileSync, rmSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"
import { build } from "esbuild"

const folder = join(dirname(fileURLToPath(import.meta.url)), "../packages/runtime-lambda")
const outdir = join(folder, "bundle")

// `never`: parts of the paths of modules that the bundle may not hold.
const bundles = [
  { name: "ga", maxBytes: 1_300_000, never: ["/@google-cloud/", "/google-auth-library/"] },
  { name: "logs", maxBytes: 1_400_000, never: ["/client-glue/", "/HyparquetEncoder.ts", "/bigquery-storage/"] },
]

rmSync(outdir, { recursive: true, force: true })
const { metafile } = await build({
  entryPoints: bundles.map(({ name }) => join(folder, `src/${name}.ts`)),
  outdir,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node24",
  minify: true,
  sourcemap: true,
  // The map would be several times the bundle's size; names and lines are enough for a stack trace.
  sourcesContent: false,
  conditions: ["@tributary/source"],
  // Some packages have ESM only under `module`.
  mainFields: ["module", "main"],
  // Parts of both SDKs are CommonJS and ask for Node's own modules by require.
  banner: {
    js: `import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);`,
  },
  legalComments: "none",
  metafile: true,
  logLevel: "warning",
})

/** @param {number} size */
const kilobytes = (size) => `${(size / 1000).toFixed(0)} kB`
for (const { name, maxBytes, never } of bundles) {
  const file = `packages/runtime-lambda/bundle/${name}.mjs`
  const bytes = readFileSync(join(outdir, `${name}.mjs`))
  console.log(`${file}  ${kilobytes(bytes.length)}, ${kilobytes(gzipSync(bytes).length)} gzip`)
  const output = Object.entries(metafile.outputs).find(([path]) => path.endsWith(`/${name}.mjs`))?.[1]
  const problems = Object.keys(output?.inputs ?? {})
    .filter((input) => never.some((part) => input.includes(part)))
    .map((input) => `it holds ${input}`)
  if (bytes.length > maxBytes) problems.push(`it may have ${kilobytes(maxBytes)}`)
  for (const problem of problems) {
    console.error(`${file}: ${problem}`)
    process.exitCode = 1
  }
}
