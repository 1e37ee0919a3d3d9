import { assert, describe, it } from "@effect/vitest"
import * as BigQueryClient from "@tributary/adapters-gcp/BigQueryClient"
import * as BigQueryQueryEngine from "@tributary/adapters-gcp/BigQueryQueryEngine"
import * as BigQueryRowSink from "@tributary/adapters-gcp/BigQueryRowSink"
import * as ColumnBatchBuilder from "@tributary/core/ColumnBatchBuilder"
import { QueryEngine } from "@tributary/core/QueryEngine"
import { RowSink } from "@tributary/core/RowSink"
import { ConfigProvider, Effect, Exit, Layer, Schema, Stream } from "effect"
import { OAuth2Client, PassThroughClient } from "google-auth-library"
import { createServer, type IncomingHttpHeaders } from "node:http"
import type { AddressInfo } from "node:net"
import { inspect } from "node:util"

interface Request {
  readonly line: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A server in this process: Google's client goes through its real HTTP, and the test sees what it sent. */
const listen = (
  answer: (
    request: Request,
    n: number,
  ) => { readonly status?: number; readonly body?: string; readonly headers?: Record<string, string> } | "reset",
) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const requests: Array<Request> = []
      const server = createServer((incoming, response) => {
        const chunks: Array<Buffer> = []
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk))
        incoming.on("end", () => {
          const request = {
            line: `${incoming.method} ${incoming.url}`,
            headers: incoming.headers,
            body: Buffer.concat(chunks).toString(),
          }
          requests.push(request)
          const answered = answer(request, requests.length)
          if (answered === "reset") incoming.socket.destroy()
          else
            response
              .writeHead(answered.status ?? 200, { "content-type": "application/json", ...answered.headers })
              .end(answered.body ?? "{}")
        })
      })
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
      return { requests, server, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
    }),
    ({ server }) =>
      Effect.promise(async () => {
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      }),
  )

const env = (values: Record<string, string>) => Effect.provide(ConfigProvider.layer(ConfigProvider.fromUnknown(values)))

const call = { method: "GET", project: "shop", path: "/datasets/logs" } as const
const Answer = Schema.Struct({ id: Schema.optionalKey(Schema.String) })

const errorBody = (code: number, reason: string) =>
  JSON.stringify({ error: { code, message: `it says ${reason}`, errors: [{ reason, message: `it says ${reason}` }] } })

describe("BigQueryClient", () => {
  it.live("sends a body byte for byte, and names the call's project", () =>
    Effect.gen(function* () {
      const { endpoint, requests } = yield* listen(() => ({ body: '{"id":"x"}' }))
      const client = yield* BigQueryClient.make({ apiEndpoint: endpoint, projectId: "other" }).pipe(env({}))
      const body = '{"text":"{{projectId}} é 1.10","n":1.10}'
      const answer = yield* client.call({ ...call, method: "POST", body, query: { "a.b": true, n: 1 } }, Answer)
      assert.deepStrictEqual(answer, { id: "x" })
      assert.strictEqual(requests[0]?.body, body)
      assert.strictEqual(
        requests[0]?.line,
        "POST /bigquery/v2/projects/shop/datasets/logs?a.b=true&n=1&prettyPrint=false",
      )
      assert.strictEqual(requests[0]?.headers["content-type"], "application/json")
      assert.strictEqual(yield* client.project, "other")
    }),
  )

  for (const [status, reason, tag] of [
    [400, "invalid", "Invalid"],
    [401, "authError", "Denied"],
    [403, "accessDenied", "Denied"],
    [403, "rateLimitExceeded", "Throttled"],
    [404, "notFound", "NotFound"],
    [409, "duplicate", "Conflict"],
    [429, "rateLimitExceeded", "Throttled"],
    [500, "internalError", "Unavailable"],
    [503, "backendError", "Unavailable"],
  ] as const) {
    it.live(`sends once and reads ${status} ${reason} as ${tag}`, () =>
      Effect.gen(function* () {
        const { endpoint, requests } = yield* listen(() => ({
          status,
          body: errorBody(status, reason),
          headers: { "retry-after": "7" },
        }))
        const client = yield* BigQueryClient.make({ apiEndpoint: endpoint }).pipe(env({}))
        const failure = yield* Effect.flip(client.call(call, Answer))
        assert.strictEqual(failure._tag, tag)
        assert.strictEqual(failure.detail, `it says ${reason} (${reason})`)
        if (failure._tag === "Throttled") assert.strictEqual(failure.retryAfterMs, 7000)
        assert.strictEqual(requests.length, 1)
      }),
    )
  }

  it.live("a reset, a page of HTML, half an answer and another shape are Unavailable", () =>
    Effect.gen(function* () {
      const answers = [
        "reset",
        { status: 502, body: "<html>Bad Gateway</html>", headers: { "content-type": "text/html" } },
        { body: '{"id":' },
        { body: '{"id":1}' },
      ] as const
      const { endpoint, requests } = yield* listen((_, n) => answers[n - 1]!)
      const client = yield* BigQueryClient.make({ apiEndpoint: endpoint }).pipe(env({}))
      for (const _ of answers) {
        const failure = yield* Effect.flip(client.call(call, Answer))
        assert.strictEqual(failure._tag, "Unavailable")
      }
      assert.strictEqual(requests.length, answers.length)
    }),
  )

  it.live("gives up on a server that does not answer", () =>
    Effect.gen(function* () {
      const server = yield* Effect.acquireRelease(
        Effect.promise(async () => {
          const server = createServer(() => undefined)
          await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
          return server
        }),
        (server) => Effect.sync(() => (server.closeAllConnections(), server.close())),
      )
      const apiEndpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      const client = yield* BigQueryClient.make({ apiEndpoint, requestTimeout: "50 millis" }).pipe(env({}))
      const failure = yield* Effect.flip(client.call(call, Answer))
      assert.strictEqual(failure._tag, "Unavailable")
      assert.strictEqual(failure.detail, "no answer within 50ms")
    }),
  )

  it.live("sends no credentials to an emulator, and those it was given anywhere", () =>
    Effect.gen(function* () {
      const { endpoint, requests } = yield* listen(() => ({}))
      yield* (yield* BigQueryClient.make({ apiEndpoint: endpoint }).pipe(env({}))).call(call, Answer)
      const authClient = new OAuth2Client()
      authClient.setCredentials({ access_token: "canary-token", expiry_date: 4_000_000_000_000 })
      yield* (yield* BigQueryClient.make({ apiEndpoint: endpoint, authClient }).pipe(env({}))).call(call, Answer)
      assert.deepStrictEqual(
        requests.map(({ headers }) => headers.authorization),
        [undefined, "Bearer canary-token"],
      )
    }),
  )

  it.live("keeps a token out of every error", () =>
    Effect.gen(function* () {
      const { endpoint } = yield* listen((_, n) =>
        n === 1 ? { status: 403, body: errorBody(403, "accessDenied") } : "reset",
      )
      const authClient = new OAuth2Client()
      authClient.setCredentials({ access_token: "canary-token", expiry_date: 4_000_000_000_000 })
      const client = yield* BigQueryClient.make({ apiEndpoint: endpoint, authClient }).pipe(env({}))
      for (const _ of [1, 2]) {
        const exit = yield* Effect.exit(client.call(call, Answer))
        assert.isTrue(Exit.isFailure(exit))
        assert.notInclude(JSON.stringify(exit), "canary")
        assert.notInclude(inspect(exit, { depth: 20, showHidden: true }), "canary")
      }
    }),
  )

  it.live("takes the emulator and the project of the environment where options leave them open", () =>
    Effect.gen(function* () {
      const { endpoint, requests } = yield* listen(() => ({}))
      for (const host of [endpoint, endpoint.replace("http://", ""), `${endpoint}/bigquery/v2/`]) {
        const client = yield* BigQueryClient.make().pipe(
          env({ BIGQUERY_EMULATOR_HOST: host, GOOGLE_CLOUD_PROJECT: "fromenv" }),
        )
        assert.strictEqual(yield* client.project, "fromenv")
        yield* client.call(call, Answer)
      }
      const given = yield* BigQueryClient.make({ apiEndpoint: endpoint, projectId: "given" }).pipe(
        env({ BIGQUERY_EMULATOR_HOST: "http://127.0.0.1:9", GOOGLE_CLOUD_PROJECT: "fromenv" }),
      )
      assert.strictEqual(yield* given.project, "given")
      yield* given.call(call, Answer)
      assert.deepStrictEqual(
        [...new Set(requests.map(({ line }) => line))],
        ["GET /bigquery/v2/projects/shop/datasets/logs?prettyPrint=false"],
      )
      assert.strictEqual(requests.length, 4)
    }),
  )

  it.live(
    "takes the project of the credentials where nobody names one, and needs none for a call that has its own",
    () =>
      Effect.gen(function* () {
        const { endpoint, requests } = yield* listen(() => ({}))
        const authClient = new PassThroughClient()
        const client = yield* BigQueryClient.make({ apiEndpoint: endpoint, authClient }).pipe(env({}))
        yield* client.call(call, Answer)
        assert.include(requests[0]?.line, "/projects/shop/")
        authClient.projectId = "of-the-credentials"
        assert.strictEqual(yield* client.project, "of-the-credentials")
      }),
  )

  it.live("carries the sink and the query engine", () =>
    Effect.gen(function* () {
      const { endpoint, requests } = yield* listen(({ line }) => ({
        body: JSON.stringify(
          line.includes("/insertAll")
            ? { insertErrors: [{ index: 1, errors: [{ reason: "invalid", location: "n", message: "no" }] }] }
            : line.includes("/tables/")
              ? { type: "TABLE", schema: { fields: [{ name: "n", type: "INTEGER", mode: "NULLABLE" }] } }
              : line.includes("/queries/")
                ? {
                    jobComplete: true,
                    schema: { fields: [{ name: "n", type: "INTEGER" }] },
                    rows: [{ f: [{ v: "1" }] }],
                    totalBytesProcessed: "8",
                  }
                : { jobReference: { projectId: "shop", jobId: "j1", location: "EU" } },
        ),
      }))
      const schema = {
        database: "d",
        name: "t",
        columns: [{ name: "n", type: { kind: "int64" }, required: false }],
        partitionColumns: [],
        version: 1,
      } as const
      yield* Effect.gen(function* () {
        const sink = yield* RowSink
        const { rejected } = yield* sink.append(ColumnBatchBuilder.fromRows(schema, [[1n], [2n]]), ["a", "b"])
        assert.deepStrictEqual(rejected, [{ index: 1, detail: "n: no (invalid)" }])
        const { rows } = yield* QueryEngine.use((engine) => engine.query("SELECT '{{projectId}}'"))
        assert.deepStrictEqual(yield* Stream.runCollect(rows), [[1n]])
      }).pipe(
        Effect.provide(
          Layer.mergeAll(
            BigQueryRowSink.layer({ table: { dataset: "d", table: "t" } }),
            BigQueryQueryEngine.layer({ location: "EU" }),
          ).pipe(Layer.provide(BigQueryClient.layer({ apiEndpoint: endpoint, projectId: "shop" }))),
        ),
        env({}),
      )
      const path = (line: string) =>
        line
          .replace(/^(\w+) \/bigquery\/v2\/projects/, "$1 ")
          .replace("&prettyPrint=false", "")
          .replace("?prettyPrint=false", "")
      assert.deepStrictEqual(
        requests.map(({ line }) => path(line)),
        [
          "GET /shop/datasets/d/tables/t",
          "POST /shop/datasets/d/tables/t/insertAll",
          "POST /shop/jobs",
          "GET /shop/queries/j1?maxResults=10000&timeoutMs=10000&formatOptions.useInt64Timestamp=true&location=EU",
        ],
      )
      assert.deepStrictEqual(JSON.parse(requests[2]!.body), {
        configuration: { query: { query: "SELECT '{{projectId}}'", useLegacySql: false } },
        jobReference: { projectId: "shop", location: "EU" },
      })
    }),
  )
})
