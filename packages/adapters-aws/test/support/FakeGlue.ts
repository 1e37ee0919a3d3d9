/** Glue in memory behind the catalog's narrow Api, with the semantics of its documentation: versions, batches of 100 and their errors. */
import type { Partition, Table } from "@aws-sdk/client-glue"
import type * as GlueTableCatalog from "@tributary/adapters-aws/GlueTableCatalog"
import { serviceError } from "./fake.ts"

const refusal = (ErrorCode: string) => ({ ErrorDetail: { ErrorCode, ErrorMessage: "as documented" } })

/** A fake; `pageSize` partitions to a page. */
export const make = ({ pageSize = 50 }: { readonly pageSize?: number } = {}): GlueTableCatalog.Api => {
  const databases = new Set<string>()
  const tables = new Map<string, { table: Table; readonly partitions: Map<string, Partition> }>()

  const found = (database: string | undefined, name: string | undefined) => {
    const entry = tables.get(`${database}.${name}`)
    if (entry === undefined) throw serviceError("EntityNotFoundException", 400, `Table ${name} not found`)
    return entry
  }
  const limited = <A>(list: ReadonlyArray<A> | undefined): ReadonlyArray<A> => {
    if (list === undefined || list.length > 100) throw serviceError("ValidationException", 400, "1 to 100")
    return list
  }

  return {
    getTable: async ({ DatabaseName, Name }) => ({ Table: structuredClone(found(DatabaseName, Name).table) }),
    createDatabase: async ({ DatabaseInput }) => {
      const name = DatabaseInput?.Name ?? ""
      if (databases.has(name)) throw serviceError("AlreadyExistsException", 400)
      databases.add(name)
    },
    createTable: async ({ DatabaseName = "", TableInput }) => {
      if (!databases.has(DatabaseName)) throw serviceError("EntityNotFoundException", 400, "no such database")
      const key = `${DatabaseName}.${TableInput?.Name}`
      if (tables.has(key)) throw serviceError("AlreadyExistsException", 400)
      const table = { ...structuredClone(TableInput), Name: TableInput?.Name, DatabaseName, VersionId: "0" }
      tables.set(key, { table, partitions: new Map() })
    },
    updateTable: async ({ DatabaseName, TableInput, VersionId }) => {
      const entry = found(DatabaseName, TableInput?.Name)
      const current = entry.table.VersionId ?? ""
      if (VersionId !== undefined && VersionId !== current) throw serviceError("ConcurrentModificationException", 400)
      entry.table = {
        ...structuredClone(TableInput),
        Name: TableInput?.Name,
        DatabaseName,
        VersionId: String(Number(current) + 1),
      }
    },
    batchCreatePartition: async ({ DatabaseName, TableName, PartitionInputList }) => {
      const { partitions } = found(DatabaseName, TableName)
      const Errors = limited(PartitionInputList).flatMap((input) => {
        const key = JSON.stringify(input.Values)
        if (partitions.has(key)) return [{ PartitionValues: input.Values, ...refusal("AlreadyExistsException") }]
        partitions.set(key, structuredClone(input))
        return []
      })
      return { Errors }
    },
    batchUpdatePartition: async ({ DatabaseName, TableName, Entries }) => {
      const { partitions } = found(DatabaseName, TableName)
      const Errors = limited(Entries).flatMap(({ PartitionValueList, PartitionInput }) => {
        const key = JSON.stringify(PartitionValueList)
        if (!partitions.has(key)) return [{ PartitionValueList, ...refusal("EntityNotFoundException") }]
        partitions.set(key, structuredClone(PartitionInput ?? {}))
        return []
      })
      return { Errors }
    },
    getPartitions: async ({ DatabaseName, TableName, NextToken = "0" }) => {
      const all = [...found(DatabaseName, TableName).partitions.values()]
      const end = Number(NextToken) + pageSize
      const page = { Partitions: structuredClone(all.slice(Number(NextToken), end)) }
      return end < all.length ? { ...page, NextToken: String(end) } : page
    },
  }
}
