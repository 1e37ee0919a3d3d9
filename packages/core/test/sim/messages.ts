/** What queues are told of objects and runs, and by whom. */
import type { SimRandom } from "@tributary/core/testing/sim/SimRandom"
import { landing, prefix, start } from "./gaWorld.ts"
import type { GaObject, Poison } from "./manifest.ts"

/** What EventBridge, or S3 itself, says of an object that was stored. */
export const created = (random: SimRandom, { bytes, key }: GaObject, version: string): string =>
  JSON.stringify(
    random.chance(0.3)
      ? {
          Records: [
            {
              eventVersion: "2.1",
              eventSource: "aws:s3",
              awsRegion: "eu-west-1",
              eventTime: "2026-01-01T09:05:00.000Z",
              eventName: "ObjectCreated:Put",
              s3: {
                bucket: { name: landing },
                object: { key: encodeURIComponent(key), size: bytes.length, versionId: version, sequencer: "1" },
              },
            },
          ],
        }
      : {
          version: "0",
          "detail-type": "Object Created",
          source: "aws.s3",
          time: "2026-01-01T09:05:00Z",
          detail: { bucket: { name: landing }, object: { key, size: bytes.length, "version-id": version } },
        },
  )

/** What EventBridge says of a run that has ended. */
export const report = (id: string, failed: boolean): string =>
  JSON.stringify({
    version: "0",
    "detail-type": "AppFlow End Flow Run Report",
    source: "aws.appflow",
    time: "2026-01-01T09:05:02Z",
    detail: {
      "flow-name": "ga-flow",
      "destination-object": `s3://${landing}/${prefix.slice(0, -1)}`,
      "execution-id": id,
      status: failed ? "Execution Failed" : "Execution Successful",
      "num-of-records-processed": "1",
    },
  })

export const poison = (random: SimRandom, spreadMs: number): ReadonlyArray<Poison> =>
  Array.from({ length: random.between(0, 2) }, (_, i) => ({
    body: random.pick([
      `no JSON ${i}`,
      `{"hello":${i}}`,
      `{"Records":[{"eventSource":"aws:sns","n":${i}}]}`,
      `{"detail-type":"Object Created","source":"aws.s3","time":"2026-01-01T00:00:00Z","detail":{"n":${i}}}`,
    ]),
    at: start + random.between(0, spreadMs),
  }))
