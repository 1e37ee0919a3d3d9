"""What Tributary must have done, worked out independently of it: from the design's words, in plain Python.

    python3 expected.py CALLS.json

CALLS.json is a list of calls in order: {"flow": "ga"|"logs", "paths": [...], "extracted_at": "2026-01-05T06:00:00Z"?}.
Prints what each call must print, the ledger, the quarantined records and how many rows each table shows. `Lake` is the
same for programs. Nothing here reads a lake or any of Tributary's code.
"""

import base64
import binascii
import hashlib
import json
import os
import re
import sys
import zlib
from dataclasses import dataclass, field
from datetime import date, datetime, timezone
from fractions import Fraction

from jsontext import EndsEarly, NotJson, Num, TooDeep, lone_surrogate, members, skip, value, whole

sys.set_int_max_str_digits(0)

MAX_LINE = 16 * 2**20
MAX_PAYLOAD = 64 * 2**20
INT64 = range(-(2**63), 2**63)
COUNTS = ("written", "superseded", "duplicate", "filtered", "quarantined", "pending")
UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
WORDS = {NotJson: "NotJson", EndsEarly: "Truncated", TooDeep: "TooDeep"}

COLUMN = {
    "ga:dateHour": "hour", "dateHour": "hour",
    "ga:deviceCategory": "device", "deviceCategory": "device",
    "ga:users": "users", "users": "users", "activeUsers": "users", "totalUsers": "users",
}  # fmt: skip


class Bad(Exception):
    """A record, or a whole input, is quarantined for this reason."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason


@dataclass
class Record:
    status: str  # row, duplicate, filtered, quarantined
    row: tuple | None = None
    reason: str | None = None
    original: bytes | None = None  # where the design leaves no doubt which bytes they are


def good(row):
    return Record("row", row=row)


def bad(reason, original=None):
    return Record("quarantined", reason=reason, original=original)


FILTERED = Record("filtered")


# --- values --------------------------------------------------------------------------------------------------------


def int64(v, integral=True):
    """A JSON number without a fraction, or a string of digits. `integral`: whether 12.0 and 1e2 will do."""
    if isinstance(v, Num):
        n = _integral(v, integral)
    elif isinstance(v, str) and re.fullmatch(r"-?[0-9]+", v):
        n = int(v)
    else:
        raise Bad("WrongType")
    if n not in INT64:
        raise Bad("OutOfRange")
    return n


def _integral(text, integral):
    if re.fullmatch(r"-?[0-9]+", text):
        return int(text)
    mantissa, _, exponent = text.lower().partition("e")
    if not integral:
        raise Bad("WrongType")
    if Fraction(mantissa) == 0:
        return 0
    if abs(int(exponent or 0)) > 500:
        raise Bad("OutOfRange" if int(exponent) > 0 else "WrongType")
    f = Fraction(text)
    if f.denominator != 1:
        raise Bad("WrongType")
    return f.numerator


def text_of(v):
    if not isinstance(v, str) or isinstance(v, Num):
        raise Bad("WrongType")
    if lone_surrogate(v):
        raise Bad("BadEncoding")
    return v


def date_hour(v):
    """YYYYMMDDHH -> (year, month, day, hour)"""
    if not isinstance(v, str) or not re.fullmatch(r"[0-9]+", v):
        raise Bad("WrongType")
    if len(v) != 10:
        raise Bad("OutOfRange")
    parts = int(v[:4]), int(v[4:6]), int(v[6:8]), int(v[8:])
    try:
        date(*parts[:3])
    except ValueError:
        raise Bad("OutOfRange") from None
    if parts[3] > 23:
        raise Bad("OutOfRange")
    return parts


def ga_row(hour, device, users):
    """(year, month, day, hour, device, user_count)"""
    if hour is None or device is None or users is None:
        raise Bad("MissingRequired")
    return (*date_hour(hour), text_of(device), int64(users))


# --- bytes ---------------------------------------------------------------------------------------------------------


def inflate(data, wbits=31, limit=None):
    """gzip (any number of members), whole or not at all; 47 takes zlib as well."""
    out, size = [], 0
    while True:
        z = zlib.decompressobj(wbits)
        while not z.eof:
            try:
                piece = z.decompress(data, 2**20)
            except zlib.error:
                raise Bad("BadEncoding") from None
            data = z.unconsumed_tail if not z.eof else z.unused_data
            out.append(piece)
            size += len(piece)
            if limit is not None and size > limit:
                raise Bad("TooLarge")
            if not z.eof and not piece and not data:
                raise Bad("Truncated")
        if not data.strip(b"\0"):
            return b"".join(out)
        if not data.startswith(b"\x1f\x8b"):
            raise Bad("BadEncoding")


def content_of(data, limit=None):
    """What a file holds: gzip is known by its bytes, a byte order mark is skipped."""
    if data.startswith(b"\x1f\x8b"):
        data = inflate(data, limit=limit)
    return data.removeprefix(b"\xef\xbb\xbf")


def documents(content):
    """The JSON values of a text, one after the other, as (value, None) or (None, reason); one that is wrong ends it."""
    text = content.decode("utf-8", "surrogateescape")
    at = skip(text, 0)
    while at < len(text):
        try:
            v, end = value(text, at)
        except (NotJson, TooDeep) as e:
            yield None, WORDS[type(e)]
            return
        if re.search("[\udc80-\udcff]", text[at:end]):
            yield None, "BadEncoding"
        else:
            yield v, None
        at = skip(text, end)


# --- Google Analytics ----------------------------------------------------------------------------------------------

_report = re.compile(rb'[ \t\r\n]*\{[ \t\r\n]*"(?:reports|dimensionHeaders|metricHeaders|rows|kind)"')


def ga_records(data):
    try:
        content = content_of(data)
    except Bad as e:
        yield bad(e.reason, data)
        return
    if _report.match(content):
        for doc, reason in documents(content):
            yield from ga_document(doc) if reason is None else [bad(reason)]
    else:
        lines = content.split(b"\n")
        for n, line in enumerate(lines):
            if line.strip(b" \t\r"):
                yield ga_line(line, last=n == len(lines) - 1)


def ga_document(doc):
    if isinstance(doc, dict) and isinstance(doc.get("reports"), list):
        for report in doc["reports"]:
            yield from ga_report(report)
    elif isinstance(doc, dict) and "dimensionHeaders" in doc and "metricHeaders" in doc:
        yield from ga_run_report(doc)
    else:
        yield bad("UnknownShape")


def ga_report(report):
    header, data = report["columnHeader"], report.get("data", {})
    dimensions = header.get("dimensions", [])
    metrics = [m["name"] for m in header["metricHeader"]["metricHeaderEntries"]]
    problem = page_problem(dimensions, metrics)
    if problem:
        yield bad(problem)
        return
    for row in data.get("rows", []):
        try:
            at = {COLUMN[d]: v for d, v in zip(dimensions, row["dimensions"], strict=True)}
            counts = [m["values"][0] for m in row["metrics"]]
            row = ga_row(at["hour"], at["device"], counts[0])
            said = {n for n in map(int64, counts) if n != 0}  # one entry for each date range
            if len(said) > 1:
                raise Bad("UnknownShape")
            yield good((*row[:5], said.pop() if said else 0))
        except Bad as e:
            yield bad(e.reason)
    for _ in data.get("totals", []):
        yield FILTERED


def ga_run_report(doc):
    dimensions = [d["name"] for d in doc["dimensionHeaders"]]
    problem = page_problem(dimensions, [m["name"] for m in doc["metricHeaders"]])
    if problem:
        yield bad(problem)
        return
    for row in doc.get("rows", []):
        try:
            at = {COLUMN[d]: v["value"] for d, v in zip(dimensions, row["dimensionValues"], strict=True)}
            yield good(ga_row(at["hour"], at["device"], row["metricValues"][0]["value"]))
        except Bad as e:
            yield bad(e.reason)
    for _ in doc.get("totals", []):
        yield FILTERED


def page_problem(dimensions, metrics):
    wanted = [COLUMN.get(d) for d in dimensions], [COLUMN.get(m) for m in metrics]
    if any(c not in ("hour", "device") for c in wanted[0]) or any(c != "users" for c in wanted[1]):
        return "UnknownShape"
    if "hour" not in wanted[0] or "device" not in wanted[0] or not wanted[1]:
        return "MissingRequired"
    return None


def ga_line(line, last):
    original = line.removesuffix(b"\r")
    if len(line) > MAX_LINE:
        return bad("TooLarge")
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        return bad("BadEncoding", original)
    try:
        v = whole(text)
    except TooDeep:
        return bad("TooDeep", original)
    except EndsEarly:
        return bad("Truncated" if last else "NotJson", original)
    except NotJson:
        return bad("NotJson", original)
    if not isinstance(v, dict) or any(name not in COLUMN for name in v):
        return bad("UnknownShape", original)
    at = {}
    for name, cell in v.items():
        if COLUMN[name] in at:
            return bad("UnknownShape", original)
        at[COLUMN[name]] = cell
    try:
        return good(ga_row(at.get("hour"), at.get("device"), at.get("users")))
    except Bad as e:
        return bad(e.reason, original)


# --- CloudWatch Logs -----------------------------------------------------------------------------------------------

PLATFORM = ("START RequestId: ", "END RequestId: ", "REPORT RequestId: ", "INIT_START Runtime")
FIRST_MS, LAST_MS = -62135596800000, 253402300799999  # the years 1 to 9999


def log_records(data, seen):
    try:
        content = content_of(data, MAX_PAYLOAD)
    except Bad as e:
        yield bad(e.reason, data)
        return
    for doc, reason in documents(content):
        yield from log_document(doc, seen) if reason is None else [bad(reason)]


def log_document(doc, seen):
    if isinstance(doc, dict) and isinstance(doc.get("awslogs"), dict) and type(doc["awslogs"].get("data")) is str:
        try:
            packed = base64.b64decode(doc["awslogs"]["data"], validate=True)
            content = inflate(packed, 47, MAX_PAYLOAD)
        except binascii.Error:
            yield bad("BadEncoding")
            return
        except Bad as e:
            yield bad(e.reason)
            return
        for inner, reason in documents(content):
            yield from log_payload(inner, seen) if reason is None else [bad(reason)]
    else:
        yield from log_payload(doc, seen)


def log_payload(doc, seen):
    if not isinstance(doc, dict) or not isinstance(doc.get("logEvents"), list) or "messageType" not in doc:
        yield bad("UnknownShape")
        return
    if doc["messageType"] == "CONTROL_MESSAGE":
        yield from (FILTERED for _ in doc["logEvents"])
        return
    for event in doc["logEvents"]:
        key = doc["owner"], doc["logGroup"], doc["logStream"], event["id"]
        if key in seen:
            yield Record("duplicate")
        else:
            seen.add(key)
            yield log_event(event)


def log_event(event):
    message = event["message"]
    if message.startswith(PLATFORM):
        return FILTERED
    try:
        v = whole(message)
    except TooDeep:
        return bad("TooDeep")
    except NotJson:
        return bad("NotJson")
    if not isinstance(v, dict):
        return bad("UnknownShape")
    kind = v.get("type")
    if isinstance(kind, str) and kind.startswith("platform."):
        return FILTERED
    try:
        session = 0 if v.get("session_id") is None else int64(v["session_id"], integral=False)
        action = None if v.get("action") is None else text_of(v["action"])
        params = None if v.get("params") is None else text_of(members(message)["params"][1])
        ms = int(event["timestamp"])
        if not FIRST_MS <= ms <= LAST_MS:
            raise Bad("OutOfRange")
        return good((ms * 1000, session, action, params))
    except Bad as e:
        return bad(e.reason)


# --- files, extracts, ledger ---------------------------------------------------------------------------------------


def files_of(path):
    """The files of a path in order; a missing path or a folder without files is a wrong call."""
    if os.path.isfile(path):
        return [path]
    found = sorted(os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names)
    if not found:
        raise FileNotFoundError(path)
    return found


def instant(text):
    """Nanoseconds since 1970 of an ISO 8601 time."""
    at = datetime.fromisoformat(text)
    at = at if at.tzinfo else at.replace(tzinfo=timezone.utc)
    since = at - datetime(1970, 1, 1, tzinfo=timezone.utc)
    return (since.days * 86_400 + since.seconds) * 10**9 + since.microseconds * 1000


@dataclass
class Input:
    flow: str
    path: str
    call: int
    extract: tuple
    records: list = field(default_factory=list)


class Lake:
    """A lake as it must be after the calls given to `ingest`."""

    def __init__(self):
        self.inputs, self.known, self.seen, self.printed = [], {}, set(), []
        self.times = {}  # extract -> its time

    def ingest(self, flow, paths, extracted_at=None):
        """What the call must print; None for a wrong call, which does nothing."""
        try:
            files = [f for path in paths for f in files_of(path)]
        except FileNotFoundError:
            self.printed.append(None)
            return None
        call, duplicates = len(self.printed), 0
        at = None if extracted_at is None else instant(extracted_at)
        for path in files:
            with open(path, "rb") as f:
                data = f.read()
            identity = flow, hashlib.sha256(data).hexdigest(), at
            if identity in self.known:
                duplicates += 1
                self.known[identity].append(path)
                continue
            self.known[identity] = [path]
            one = Input(flow, path, call, self._extract(path, at))
            one.records = list(ga_records(data) if flow == "ga" else log_records(data, self.seen))
            self.inputs.append(one)
        counts = self._counts([i for i in self.inputs if i.call == call])
        self.printed.append({"inputs": len(files), "duplicateInputs": duplicates, **counts})
        return self.printed[-1]

    def _extract(self, path, at):
        uuid = UUID.search(path)
        if at is not None:
            key, time = ("at", str(at)), at
        else:
            key = ("run", uuid.group().lower()) if uuid else ("own", path)
            time = os.stat(path).st_mtime_ns
        self.times[key] = max(time, self.times.get(key, time))
        return key

    def winners(self):
        """date -> the extract that it shows"""
        best = {}
        for one in self.inputs:
            if one.flow == "ga":
                for r in one.records:
                    if r.status == "row":
                        rank = self.times[one.extract], one.extract[1]
                        if r.row[:3] not in best or rank > best[r.row[:3]][0]:
                            best[r.row[:3]] = rank, one.extract
        return {day: extract for day, (_, extract) in best.items()}

    def _counts(self, inputs):
        winners = self.winners()
        counts = {"records": 0, **dict.fromkeys(COUNTS, 0)}
        for one in inputs:
            for r in one.records:
                counts["records"] += 1
                if r.status != "row":
                    counts[r.status] += 1
                elif one.flow == "logs" or winners[r.row[:3]] == one.extract:
                    counts["written"] += 1
                else:
                    counts["superseded"] += 1
        return counts

    def ledger(self):
        flows = {f: self._counts([i for i in self.inputs if i.flow == f]) for f in ("ga", "logs")}
        return {"flows": flows, "balanced": True}

    def rows(self, flow):
        """The rows that the flow's table shows."""
        winners = self.winners()
        return [
            r.row
            for one in self.inputs
            if one.flow == flow
            for r in one.records
            if r.status == "row" and (flow == "logs" or winners[r.row[:3]] == one.extract)
        ]

    def quarantine(self):
        """(flow, path, reason, original bytes or None) of each quarantined record"""
        return [
            (one.flow, one.path, r.reason, r.original)
            for one in self.inputs
            for r in one.records
            if r.status == "quarantined"
        ]

    def same_files(self, path):
        """The paths under which an input was delivered."""
        return next((paths for paths in self.known.values() if path in paths), [path])


def main():
    lake = Lake()
    with open(sys.argv[1]) as f:
        for call in json.load(f):
            lake.ingest(call["flow"], call["paths"], call.get("extracted_at"))
    found = {
        "calls": lake.printed,
        "ledger": lake.ledger(),
        "rows": {"appflow_data.ga_sample": len(lake.rows("ga")), "logs.events": len(lake.rows("logs"))},
        "quarantine": [{"flow": f, "input": p, "reason": r} for f, p, r, _ in lake.quarantine()],
    }
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
