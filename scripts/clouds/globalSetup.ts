/** Starts ministack and bqemulator for the vitest project `clouds`; see README.md beside this file. */
import { join } from "node:path"
import type { TestProject } from "vitest/node"
import type { Clouds } from "./clouds.ts"
import { cache, prepare } from "./environment.ts"
import { start } from "./server.ts"

const projectId = "tributary-test"

// DuckDB's spatial extension comes as a Python package: bqemulator loads it at its start, and must not fetch it from the network.
const importSpatial = "from duckdb_extensions import import_extension; import_extension('spatial')"

export default async (project: TestProject): Promise<() => Promise<void>> => {
  const started = performance.now()
  const credentials = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test", AWS_REGION: "us-east-1" }

  const ministack = prepare({ name: "ministack" }).then((bin) =>
    start({
      name: "ministack",
      command: () => [join(bin, "ministack")],
      // It binds 0.0.0.0, and opens MQTT on 8883, unless told otherwise.
      env: ([port]) => ({
        ...credentials,
        BIND_HOST: "127.0.0.1",
        MINISTACK_HOST: "127.0.0.1",
        GATEWAY_PORT: String(port),
        IOT_MTLS_ENABLED: "0",
      }),
      ports: 1,
      health: "/_ministack/health",
    }),
  )
  const bqemulator = prepare({ name: "bqemulator", afterwards: importSpatial }).then((bin) =>
    start({
      name: "bqemulator",
      command: ([rest, grpc]) => [
        join(bin, "bqemulator"),
        "start",
        "--rest-host=127.0.0.1",
        `--rest-port=${rest}`,
        "--grpc-host=127.0.0.1",
        `--grpc-port=${grpc}`,
        `--project=${projectId}`,
      ],
      ports: 2,
      health: "/healthz",
    }),
  )

  const stop = async () => {
    const servers = await Promise.allSettled([ministack, bqemulator])
    await Promise.all(servers.flatMap((server) => (server.status === "fulfilled" ? [server.value.stop()] : [])))
  }

  try {
    const [aws, bigquery] = await Promise.all([ministack, bqemulator])
    const endpoint = `http://127.0.0.1:${aws.ports[0]}`
    const clouds: Clouds = {
      aws: {
        endpoint,
        env: {
          ...credentials,
          AWS_ENDPOINT_URL: endpoint,
          // Neither a profile of the person who runs the tests nor the metadata service of the machine may be asked.
          AWS_CONFIG_FILE: join(cache, "no-aws-config"),
          AWS_SHARED_CREDENTIALS_FILE: join(cache, "no-aws-credentials"),
          AWS_EC2_METADATA_DISABLED: "true",
        },
      },
      bigquery: { endpoint: `http://127.0.0.1:${bigquery.ports[0]}`, grpcPort: bigquery.ports[1]!, projectId },
    }
    project.provide("clouds", clouds)
    console.error(
      `clouds: ministack on ${endpoint}, bqemulator on ${clouds.bigquery.endpoint}, ready after ${((performance.now() - started) / 1000).toFixed(1)} s`,
    )
    return stop
  } catch (error) {
    await stop()
    throw error
  }
}
