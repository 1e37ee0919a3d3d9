import * as GlueTableCatalog from "@tributary/adapters-aws/GlueTableCatalog"
import { cases } from "@tributary/core/testing/TableCatalogContract"
import { describe } from "@effect/vitest"
import { clouds, unique } from "../../../scripts/clouds/clouds.ts"
import { holds } from "./support/contract.ts"

clouds()

// moto, the other emulator, accepts a stale VersionId and loses columns: for these rules ministack is right.
describe("GlueTableCatalog on ministack", () => {
  holds(cases({ database: unique("db_"), prefix: "t_", location: "s3://lake/" }), GlueTableCatalog.layer(), {
    "partitions of a missing table are NotFound":
      "GetPartitions answers no partitions, where Glue answers EntityNotFoundException",
  })
})
