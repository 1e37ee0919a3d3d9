/**
 * Node's remark that its SQLite is experimental.
 *
 * @since 0.1.0
 */

/**
 * Leaves that one warning out. Node 22 makes it each time; who carries records cannot do anything about it.
 *
 * @category process
 * @since 0.1.0
 */
export const silenceSqliteWarning = (): void => {
  const emitWarning = process.emitWarning.bind(process)
  process.emitWarning = (warning: string | Error, ...rest: ReadonlyArray<unknown>) => {
    if (String(warning).includes("SQLite is an experimental feature")) return
    Reflect.apply(emitWarning, process, [warning, ...rest])
  }
}
