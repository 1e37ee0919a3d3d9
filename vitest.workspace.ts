// The only vitest configuration: vitest does not look for this name itself, so every call says `--config vitest.workspace.ts`.
import { readdirSync } from "node:fs"
import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config"

const root = import.meta.dirname

/** Tests that need emulators or an account; only `npm run test:clouds` runs them. */
const clouds = "**/*.clouds.test.ts"
/** Tests that start the command line as a person would, process by process; only `npm run test:processes` runs them. */
const processes = "**/*.process.test.ts"
/** Tests that try everything: each call, each byte, each case of the corpus. Only `npm run test:thorough` runs them. */
const thorough = "**/*.thorough.test.ts"
const excluded = ["**/node_modules/**", "**/dist/**", "**/.cache/**"]

/** Our packages are read from src; everything else resolves as Node itself would. */
const conditions = ["@tributary/source", "node", "import", "module-sync", "default"]

const project = (test: NonNullable<TestProjectInlineConfiguration["test"]>): TestProjectInlineConfiguration => ({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  // Files share a worker's modules: loading Effect anew for each of them cost more than the tests themselves. No test changes a global.
  test: { exclude: [...excluded, clouds, processes, thorough], isolate: false, ...test },
})

export default defineConfig({
  test: {
    passWithNoTests: true,
    // Vitest leaves one core to itself, which is half of a machine with two.
    maxWorkers: "100%",
    projects: [
      ...readdirSync(`${root}/packages`).map((name) =>
        project({ name, root: `${root}/packages/${name}`, include: ["test/**/*.test.ts"] }),
      ),
      project({ name: "docs", root, include: ["docs/**/*.test.ts", "examples/**/*.test.ts"] }),
      project({
        name: "thorough",
        root,
        include: [`packages/*/test/${thorough}`],
        exclude: excluded,
        testTimeout: 120_000,
      }),
      project({
        name: "processes",
        root,
        include: [`packages/*/test/${processes}`, `{docs,examples}/${processes}`],
        exclude: excluded,
        testTimeout: 60_000,
      }),
      project({
        name: "clouds",
        root,
        include: [`packages/*/test/${clouds}`, `{docs,examples}/${clouds}`],
        exclude: excluded,
        globalSetup: "scripts/clouds/globalSetup.ts",
        // Emulators share ports and the machine's two cores.
        fileParallelism: false,
        testTimeout: 120_000,
        hookTimeout: 300_000,
      }),
    ],
  },
})
