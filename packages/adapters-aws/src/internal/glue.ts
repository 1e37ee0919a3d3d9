/**
 * Glue as far as the table catalog calls it: the narrow Api, its live form, its failures, and how partitions are pointed.
 */
import {
  BatchCreatePartitionCommand,
  type BatchCreatePartitionCommandInput,
  BatchUpdatePartitionCommand,
  type BatchUpdatePartitionCommandInput,
  CreateDatabaseCommand,
  type CreateDatabaseCommandInput,
  CreateTableCommand,
  type CreateTableCommandInput,
  type ErrorDetail,
  GetPartitionsCommand,
  type GetPartitionsCommandInput,
  GetTableCommand,
  type GetTableCommandInput,
  type GlueClient,
  type Partition,
  type Table,
  UpdateTableCommand,
  type UpdateTableCommandInput,
} from "@aws-sdk/client-glue"
import type * as PortError from "@tributary/core/PortError"
import { Invalid } from "@tributary/core/PortError"
import { type CatalogPartition, TableCatalogError } from "@tributary/core/TableCatalog"
import * as Effect from "effect/Effect"
import { reasonOf } from "./awsError.ts"
import { partitionDescriptor } from "./glueTypes.ts"
import { type Call, callerOf, transient } from "./sdk.ts"

/** BatchCreatePartition and BatchUpdatePartition take 100 partitions at most (Glue service model, PartitionInputList). */
const maxPartitions = 100

/**
 * The calls of Glue that the catalog makes.
 *
 * @category models
 * @since 0.1.0
 */
export interface Api {
  readonly getTable: Call<GetTableCommandInput, { readonly Table?: Table | undefined }>
  readonly createTable: Call<CreateTableCommandInput, unknown>
  readonly updateTable: Call<UpdateTableCommandInput, unknown>
  readonly createDatabase: Call<CreateDatabaseCommandInput, unknown>
  readonly batchCreatePartition: Call<BatchCreatePartitionCommandInput, Refused>
  readonly batchUpdatePartition: Call<BatchUpdatePartitionCommandInput, Refused>
  readonly getPartitions: Call<
    GetPartitionsCommandInput,
    { readonly Partitions?: ReadonlyArray<Partition> | undefined; readonly NextToken?: string | undefined }
  >
}

/** The partitions of a batch that Glue did not take: the call itself answers 200. */
interface Refused {
  readonly Errors?:
    | ReadonlyArray<{
        readonly PartitionValues?: ReadonlyArray<string> | undefined
        readonly PartitionValueList?: ReadonlyArray<string> | undefined
        readonly ErrorDetail?: ErrorDetail | undefined
      }>
    | undefined
}

/** The Api over a client. */
export const apiOf = (client: GlueClient): Api => ({
  getTable: (input, options) => client.send(new GetTableCommand(input), options),
  createTable: (input, options) => client.send(new CreateTableCommand(input), options),
  updateTable: (input, options) => client.send(new UpdateTableCommand(input), options),
  createDatabase: (input, options) => client.send(new CreateDatabaseCommand(input), options),
  batchCreatePartition: (input, options) => client.send(new BatchCreatePartitionCommand(input), options),
  batchUpdatePartition: (input, options) => client.send(new BatchUpdatePartitionCommand(input), options),
  getPartitions: (input, options) => client.send(new GetPartitionsCommand(input), options),
})

/**
 * Registers up to 100 partitions at a time and points those that were registered before at their new location. Both calls answer 200 with `Errors[]`.
 */
export const pointPartitions = Effect.fnUntraced(function* (
  api: Api,
  operation: string,
  database: string,
  table: Table,
  partitions: ReadonlyArray<CatalogPartition>,
) {
  for (let i = 0; i < partitions.length; i += maxPartitions) {
    yield* pointChunk(api, operation, database, table, partitions.slice(i, i + maxPartitions))
  }
})

const pointChunk = Effect.fnUntraced(function* (
  api: Api,
  operation: string,
  database: string,
  table: Table,
  partitions: ReadonlyArray<CatalogPartition>,
) {
  const where = { DatabaseName: database, TableName: table.Name }
  const inputs = partitions.map(({ values, location }) => ({
    Values: [...values],
    StorageDescriptor: partitionDescriptor(table, location),
    Parameters: {},
  }))
  const created = yield* transient(call(operation, api.batchCreatePartition, { ...where, PartitionInputList: inputs }))
  const taken = new Set<string>()
  for (const { PartitionValues = [], ErrorDetail } of created.Errors ?? []) {
    if (ErrorDetail?.ErrorCode !== "AlreadyExistsException")
      return yield* refused(operation, PartitionValues, ErrorDetail)
    taken.add(PartitionValues.join("/"))
  }
  const Entries = inputs
    .filter(({ Values }) => taken.has(Values.join("/")))
    .map((PartitionInput) => ({ PartitionValueList: PartitionInput.Values, PartitionInput }))
  if (Entries.length === 0) return
  const updated = yield* transient(call(operation, api.batchUpdatePartition, { ...where, Entries }))
  const [first] = updated.Errors ?? []
  if (first !== undefined) return yield* refused(operation, first.PartitionValueList ?? [], first.ErrorDetail)
})

/** The port's error. */
export const failure = (fields: { readonly operation: string; readonly reason: PortError.Reason }): TableCatalogError =>
  new TableCatalogError(fields)

/** Makes one call of Glue. */
export const call = callerOf(failure)

/** Fails because what was asked for cannot be. */
export const refuse = (operation: string, detail: string): Effect.Effect<never, TableCatalogError> =>
  Effect.fail(failure({ operation, reason: new Invalid({ detail }) }))

/** An entry of `Errors[]` has a code like any other failure of Glue. */
const refused = (operation: string, values: ReadonlyArray<string>, error: ErrorDetail | undefined) =>
  Effect.fail(
    failure({
      operation: `${operation} (${values.join("/")})`,
      reason: reasonOf({ name: error?.ErrorCode, message: error?.ErrorMessage }),
    }),
  )

/** Handles failures of one reason. */
export const catchTag =
  <A2, R2>(
    tag: PortError.Reason["_tag"],
    handle: (error: TableCatalogError) => Effect.Effect<A2, TableCatalogError, R2>,
  ) =>
  <A, R>(effect: Effect.Effect<A, TableCatalogError, R>): Effect.Effect<A | A2, TableCatalogError, R | R2> =>
    Effect.catchIf(effect, (error) => error.reason._tag === tag, handle)
