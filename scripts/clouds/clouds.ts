/** What `npm run test:clouds` gives a test: where the emulators are. See README.md beside this file. */
import { randomUUID } from "node:crypto"
import { inject } from "vitest"

/** The addresses of the emulators of this run. */
export interface Clouds {
  readonly aws: {
    /** ministack: S3, SQS, EventBridge, Glue, Athena, Lambda, Logs. */
    readonly endpoint: string
    readonly env: Readonly<Record<string, string>>
  }
  readonly bigquery: {
    /** bqemulator's REST side. */
    readonly endpoint: string
    /** Storage Write API on 127.0.0.1, without TLS. */
    readonly grpcPort: number
    readonly projectId: string
  }
}

declare module "vitest" {
  interface ProvidedContext {
    readonly clouds: Clouds
  }
}

/** The emulators of this run. The AWS variables go into `process.env` of this worker, so that no test can reach a real account. */
export const clouds = (): Clouds => {
  const found = inject("clouds")
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) delete process.env[name]
  Object.assign(process.env, found.aws.env)
  return found
}

/** `prefix` and a few random characters that any bucket, queue, database or dataset may have: lower-case letters and digits. */
export const unique = (prefix: string): string => `${prefix}${randomUUID().replaceAll("-", "").slice(0, 12)}`
