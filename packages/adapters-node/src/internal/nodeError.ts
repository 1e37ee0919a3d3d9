/**
 * The one place where failures of Node, SQLite and DuckDB become reasons of the ports.
 */
import * as PortError from "@tributary/core/PortError"

/**
 * Maps what `node:fs` and `node:sqlite` throw. `what` is the subject of the sentence: a path, a key, a file.
 *
 * `errno` names are POSIX's (errno(3)); SQLite's primary codes are those of https://www.sqlite.org/rescode.html, the low byte of an extended one.
 */
export const toReason = (error: unknown, what: string): PortError.Reason => {
  const { code, errcode, message } = fieldsOf(error)
  const detail = `${what}: ${firstLine(message)}`
  if (code === "ERR_SQLITE_ERROR") return sqliteReason(errcode & 0xff, what, firstLine(message), error)
  switch (code) {
    case "ENOENT":
    case "ENOTDIR":
      return new PortError.NotFound({ detail: `${what} is not there` })
    case "EEXIST":
      return new PortError.Conflict({ detail: `${what} exists already` })
    case "ENOSPC":
    case "EDQUOT":
    case "EFBIG":
      return new PortError.Full({ detail })
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new PortError.Denied({ detail })
    case "EISDIR":
    case "ENOTEMPTY":
    case "ENAMETOOLONG":
    case "EINVAL":
    case "ELOOP":
    case "EXDEV":
    case "ENOTSUP":
    case "ERR_OUT_OF_RANGE": // An integer in a SQLite file that no number of ours is as large as.
      return new PortError.Invalid({ detail, cause: error })
    default:
      return new PortError.Unavailable({ detail, cause: error })
  }
}

/** DuckDB refuses SQL in several lines, with a pointer into the statement: the first says what is wrong. */
export const duckDbReason = (error: unknown): PortError.Reason => {
  // Its Node API puts the call before DuckDB's words.
  const message = fieldsOf(error).message.replace(/^Failed to [a-z ]+: /, "")
  const detail = firstLine(message)
  if (/^(IO Error: .*No space left|Out of Memory Error: .*max_temp_directory_size)/.test(message)) {
    return new PortError.Full({ detail })
  }
  if (/^(IO Error|Out of Memory Error|INTERRUPT Error|Internal Error|FATAL Error)/i.test(message)) {
    return new PortError.Unavailable({ detail, cause: error })
  }
  return new PortError.Invalid({ detail })
}

const sqliteReason = (code: number, what: string, message: string, cause: unknown): PortError.Reason => {
  const detail = `${what}: ${message}`
  switch (code) {
    case 3: // SQLITE_PERM
    case 8: // SQLITE_READONLY
    case 23: // SQLITE_AUTH
      return new PortError.Denied({ detail })
    case 5: // SQLITE_BUSY
    case 6: // SQLITE_LOCKED
    case 10: // SQLITE_IOERR
    case 15: // SQLITE_PROTOCOL
      return new PortError.Unavailable({ detail, cause })
    case 11: // SQLITE_CORRUPT
      return new PortError.Invalid({ detail: `${what} is corrupt: ${message}`, cause })
    case 26: // SQLITE_NOTADB
      return new PortError.Invalid({ detail: `${what} is no SQLite database`, cause })
    case 13: // SQLITE_FULL
      return new PortError.Full({ detail })
    default:
      return new PortError.Invalid({ detail, cause })
  }
}

const fieldsOf = (error: unknown): { readonly code: string; readonly errcode: number; readonly message: string } => {
  const fields = (typeof error === "object" && error !== null ? error : {}) as Readonly<Record<string, unknown>>
  return {
    code: typeof fields["code"] === "string" ? fields["code"] : "",
    errcode: typeof fields["errcode"] === "number" ? fields["errcode"] : 0,
    message: typeof fields["message"] === "string" ? fields["message"] : String(error),
  }
}

const firstLine = (text: string): string => text.split("\n", 1)[0]!
