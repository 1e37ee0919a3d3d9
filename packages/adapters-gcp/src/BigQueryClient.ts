/**
 * BigQuery's REST API through `@google-cloud/bigquery`: its credentials, projects and connections, without its retries and its rewriting of bodies.
 *
 * What the client's own methods do that ours must not (9.3.0, read in its source): `table.insert` sends rows again under the same call with a
 * random insertId where it has none; every JSON body is deep-copied and each `{{projectId}}` in any string of it, a row's too, is replaced by the
 * project's name; `query` hides a failed job on some servers; and where `BIGQUERY_EMULATOR_HOST` is set, it beats an endpoint given in code. So
 * bodies are sent as text that we have encoded ourselves, and the endpoint is set by us.
 *
 * @since 0.1.0
 */
import { BigQuery } from "@google-cloud/bigquery"
import * as PortError from "@tributary/core/PortError"
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { type AuthClient, GoogleAuth, PassThroughClient } from "google-auth-library"
import { reasonOf } from "./internal/googleError.ts"

/**
 * Where BigQuery is and who asks.
 *
 * @category options
 * @since 0.1.0
 */
export interface Options {
  /** The project that pays for queries and holds addresses without one. Else `GOOGLE_CLOUD_PROJECT`, else what the credentials name. */
  readonly projectId?: string | undefined
  /** Else application default credentials. There is no way to name a key file here. */
  readonly authClient?: AuthClient | undefined
  /**
   * Scheme, host and port. Else `BIGQUERY_EMULATOR_HOST`, else Google's. To an `http:` address no credentials are sent unless `authClient` is given.
   */
  readonly apiEndpoint?: string | undefined
  /** How long one request may take; 60 seconds unless told. */
  readonly requestTimeout?: Duration.Input | undefined
}

/**
 * One request of the REST API. `path` follows `/projects/PROJECT`; `body` is JSON text and is sent as it is.
 *
 * @category models
 * @since 0.1.0
 */
export interface Call {
  readonly method: "GET" | "POST"
  readonly project: string
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean>> | undefined
  readonly body?: string | undefined
}

/**
 * Sends requests once each, and reads the answers. An answer that has not the shape asked for is `Unavailable`: what it did is not known.
 *
 * @category services
 * @since 0.1.0
 */
export class BigQueryClient extends Context.Service<
  BigQueryClient,
  {
    readonly call: <A>(call: Call, answer: Schema.Decoder<A>) => Effect.Effect<A, PortError.Reason>
    /** The project of the options, the environment or the credentials. */
    readonly project: Effect.Effect<string, PortError.Reason>
  }
>()("@tributary/adapters-gcp/BigQueryClient") {}

const scopes = ["https://www.googleapis.com/auth/bigquery"]

const googleEndpoint = "https://bigquery.googleapis.com"

/** Keeps the library from looking for a project before each request, which fails where there is none; each call of ours names its own. */
const projectOfEachCall = "-"

/**
 * A client; `BIGQUERY_EMULATOR_HOST` and `GOOGLE_CLOUD_PROJECT` are read where the options leave their part open.
 *
 * @category constructors
 * @since 0.1.0
 */
export const make = Effect.fnUntraced(function* (options: Options = {}) {
  const emulator = yield* Config.option(Config.String("BIGQUERY_EMULATOR_HOST"))
  const environmentProject = yield* Config.option(Config.String("GOOGLE_CLOUD_PROJECT"))
  const endpoint = origin(options.apiEndpoint ?? Option.getOrElse(emulator, () => googleEndpoint))
  const authClient = options.authClient ?? (endpoint.startsWith("http:") ? new PassThroughClient() : undefined)
  const projectId = options.projectId ?? Option.getOrUndefined(environmentProject)
  const bigquery = new BigQuery({
    projectId: projectId ?? projectOfEachCall,
    apiEndpoint: endpoint,
    retryOptions: { autoRetry: false },
    ...(authClient === undefined ? {} : { authClient }),
  })
  bigquery.baseUrl = `${endpoint}/bigquery/v2`

  const timeout = options.requestTimeout ?? "60 seconds"
  const send = (call: Call): Effect.Effect<unknown, PortError.Reason> =>
    Effect.callback<unknown, PortError.Reason>((resume) => {
      bigquery.request(
        {
          method: call.method,
          uri: call.path,
          projectId: call.project,
          ...(call.query === undefined ? {} : { qs: call.query }),
          ...(call.body === undefined ? {} : { body: call.body, headers: { "Content-Type": "application/json" } }),
        },
        (error, body: unknown) => resume(error ? Effect.fail(reasonOf(error)) : Effect.succeed(body)),
      )
    }).pipe(
      // The library's own `timeout` does nothing on Node: node-fetch 3 has no such option. Nor can a request be aborted.
      Effect.timeoutOrElse({
        duration: timeout,
        orElse: () =>
          Effect.fail(
            new PortError.Unavailable({
              detail: `no answer within ${Duration.format(Duration.fromInputUnsafe(timeout))}`,
            }),
          ),
      }),
    )

  return BigQueryClient.of({
    call: (call, answer) =>
      Effect.flatMap(send(call), (body) =>
        Effect.mapError(
          Schema.decodeUnknownEffect(answer)(body),
          (error) =>
            new PortError.Unavailable({
              detail: `${call.method} ${call.path} was answered with something else: ${error.message}`,
            }),
        ),
      ),
    project: projectId === undefined ? projectOf(authClient) : Effect.succeed(projectId),
  })
})

/** What the credentials name, looked up until it is found: GoogleAuth itself would keep a failure for good. */
const projectOf = (authClient: AuthClient | undefined): Effect.Effect<string, PortError.Reason> => {
  let found: string | undefined
  return Effect.suspend(() =>
    found === undefined
      ? Effect.tryPromise({
          try: () => new GoogleAuth({ scopes, ...(authClient === undefined ? {} : { authClient }) }).getProjectId(),
          catch: reasonOf,
        }).pipe(
          Effect.tap((project) =>
            Effect.sync(() => {
              found = project
            }),
          ),
        )
      : Effect.succeed(found),
  )
}

/**
 * The client as a layer; see {@link make} for what the environment adds.
 *
 * @category layers
 * @since 0.1.0
 */
export const layer = (options: Options = {}): Layer.Layer<BigQueryClient, Config.ConfigError> =>
  Layer.effect(BigQueryClient, make(options))

/** Scheme and host: an emulator's address often comes without the one, or with the path behind the other. */
const origin = (endpoint: string): string =>
  (/^https?:\/\//.test(endpoint) ? endpoint : `http://${endpoint}`).replace(/\/+$/, "").replace(/\/bigquery\/v2$/, "")
