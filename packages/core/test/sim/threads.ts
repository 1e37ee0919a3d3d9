/** A pool of threads that carry out tasks, one core each. */
import { availableParallelism } from "node:os"
import { isMainThread, parentPort, Worker } from "node:worker_threads"
import { type Answer, carryOut, type Task } from "./tasks.ts"

/** Answers come in any order; `heard` gets each with its task. */
export const carryOutAll = async (
  tasks: ReadonlyArray<Task>,
  heard: (answer: Answer, task: Task) => void,
  threads = availableParallelism(),
): Promise<void> => {
  let next = 0
  await Promise.all(
    Array.from({ length: Math.min(threads, tasks.length) }, () => {
      const worker = new Worker(new URL(import.meta.url))
      return new Promise<void>((resolve, reject) => {
        let task: Task | undefined
        const give = () => {
          task = tasks[next++]
          if (task === undefined) void worker.terminate().then(() => resolve())
          // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker, not a window
          else worker.postMessage(task)
        }
        worker.on("error", reject)
        worker.on("message", (answer: Answer) => {
          heard(answer, task!)
          give()
        })
        give()
      })
    }),
  )
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a worker, not a window
if (!isMainThread) parentPort?.on("message", (task: Task) => parentPort?.postMessage(carryOut(task)))
