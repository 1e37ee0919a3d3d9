"""Judges a lake that Tributary made against what `expected.py` says it must be.

    python3 judge.py LAKE --calls CALLS.json [--cli "npx tributary"]

CALLS.json is what was done to LAKE, in order: {"flow", "paths", "extracted_at"?, "exit"?, "output"?}; `output` is what the
call printed with `--format json` and `exit` its exit code, where they were captured. The files must still be as they were.
Compares those, then `ledger`, `quarantine list` and `query` of the command line, then every Parquet file that a table shows, read by pyarrow
and by DuckDB. One line a check; exit code 1 if any differs.
"""

import argparse
import base64
import json
import os
import re
import shlex
import subprocess
import sys
from collections import Counter
from datetime import datetime, timezone

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from expected import COUNTS, Lake

SAFE = 2**53 - 1
CALL_KEYS = ["inputs", "duplicateInputs", "records", *COUNTS]
LEDGER_KEYS = ["records", *COUNTS]
TABLES = {
    "ga": ("appflow_data.ga_sample", ["year", "month", "day", "hour", "device", "user_count"]),
    "logs": ("logs.events", ["timestamp", "session_id", "action", "params"]),
}


class Cli:
    """Tributary's command line, on one lake."""

    def __init__(self, command, lake, cwd):
        self.command, self.lake, self.cwd = shlex.split(command), lake, cwd

    def run(self, *args):
        """(exit code, the JSON document printed or None, all that was printed)"""
        full = [*self.command, *args, "--lake", self.lake, "--format", "json"]
        done = subprocess.run(full, cwd=self.cwd, capture_output=True, text=True, timeout=120)
        try:
            printed = json.loads(done.stdout)
        except ValueError:
            printed = None
        return done.returncode, printed, (done.stdout[-600:] + done.stderr[-600:]).strip()

    def ingest(self, flow, paths, extracted_at=None, extra=()):
        at = [] if extracted_at is None else ["--extracted-at", extracted_at]
        return self.run("ingest", flow, *at, *extra, *paths)


def difference(want, got, limit=4):
    """What two multisets do not share, in a line; None if they are the same."""
    want, got = Counter(want), Counter(got)
    if want == got:
        return None
    lacks, extra = want - got, got - want

    def some(c):
        return ", ".join(f"{k!r}{'' if n == 1 else f' x{n}'}"[:300] for k, n in list(c.items())[:limit]) or "none"

    return f"missing {sum(lacks.values())}: {some(lacks)} · unexpected {sum(extra.values())}: {some(extra)}"


def call_check(want, exit_code, got, said=""):
    """A captured `ingest` call against what it must print; `want` None is a wrong call."""
    if want is None:
        return None if exit_code == 2 else f"exit code {exit_code}, not 2: {said}"
    if exit_code not in (None, 0):
        return f"exit code {exit_code}: {said}"
    return None if got == want else f"must print {json.dumps(want)}, printed {json.dumps(got)} {said if got is None else ''}"


def check_ledger(cli, lake):
    code, got, said = cli.run("ledger")
    if code != 0 or not isinstance(got, dict):
        return f"exit code {code}: {said}"
    want = lake.ledger()
    zero = dict.fromkeys(LEDGER_KEYS, 0)
    flows = {f: got.get("flows", {}).get(f, zero) for f in ("ga", "logs")}
    if flows != want["flows"] or got.get("balanced") is not True or set(got) != {"flows", "balanced"}:
        return f"must be {json.dumps(want)}, is {json.dumps(got)}"
    return None


def check_quarantine(cli, lake):
    code, got, said = cli.run("quarantine", "list")
    if code != 0 or not isinstance(got, dict) or set(got) != {"items"}:
        return f"exit code {code}: {said}"
    items = got["items"]
    for item in items:
        if set(item) != {"id", "flow", "input", "position", "reason", "detail"}:
            return f"an item's members are {sorted(item)}"
        if item["position"] in (None, "") or not isinstance(item["detail"], str):
            return f"an item without position or detail: {item}"
    if len({i["id"] for i in items}) != len(items):
        return "two items with one id"

    def name(path):
        path = os.path.join(cli.cwd, path)
        return os.path.relpath(min(lake.same_files(path)), cli.cwd)

    return difference(
        [(flow, name(path), reason) for flow, path, reason, _ in lake.quarantine()],
        [(i["flow"], name(i["input"]), i["reason"]) for i in items],
    )


def check_show(cli, lake, most=3):
    """`quarantine show`: the original bytes of some items, where the design leaves no doubt which they are."""
    known = {}
    for _, path, reason, original in lake.quarantine():
        known.setdefault((path, reason), set()).add(original)
    items = (cli.run("quarantine", "list")[1] or {}).get("items", [])
    for item in items[:most]:
        wanted = known.get((os.path.join(cli.cwd, item["input"]), item["reason"]))
        if not wanted or None in wanted:
            continue
        code, got, said = cli.run("quarantine", "show", item["id"])
        if code != 0 or got is None:
            return f"exit code {code}: {said}"
        if got.get("item") != item:
            return f"shows {got.get('item')} for {item}"
        found = base64.b64decode(got["bytes"])
        if found not in wanted and found.rstrip(b"\r\n") not in wanted:
            return f"{item['input']} {item['position']}: other bytes than the original: {got['bytes'][:120]}"
    return None


def micros(text):
    """ISO 8601 with Z -> µs since 1970"""
    m = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z", text)
    since = datetime.fromisoformat(m[1]).replace(tzinfo=timezone.utc) - datetime(1970, 1, 1, tzinfo=timezone.utc)
    return (since.days * 86_400 + since.seconds) * 10**6 + int((m[2] or "0").ljust(6, "0")[:6])


def integer(cell):
    """An int64 cell of `query`: a number, but a string of digits beyond ±(2^53−1)."""
    if isinstance(cell, str) and re.fullmatch(r"-?[0-9]+", cell) and abs(int(cell)) > SAFE:
        return int(cell)
    if type(cell) is int and abs(cell) <= SAFE:
        return cell
    raise ValueError(f"{cell!r} is no int64 cell")


def check_query(cli, lake, flow):
    table, columns = TABLES[flow]
    names = ", ".join(f'"{c}"' for c in columns)
    code, got, said = cli.run("query", f"SELECT {names} FROM {table}")
    if code != 0 or not isinstance(got, dict):
        return f"exit code {code}: {said}"
    if set(got) != {"columns", "rows", "bytesScanned"} or got["columns"] != columns:
        return f"columns {got.get('columns')}, members {sorted(got)}"
    if type(got["bytesScanned"]) is not int or got["bytesScanned"] < 0:
        return f"bytesScanned {got['bytesScanned']!r}"
    try:
        if flow == "ga":
            rows = [(*map(integer, r[:4]), r[4], integer(r[5])) for r in got["rows"]]
        else:
            rows = [(micros(r[0]), integer(r[1]), r[2], r[3]) for r in got["rows"]]
    except (ValueError, TypeError) as e:
        return f"a cell that the design does not know: {e}"
    return difference(lake.rows(flow), rows)


def check_sql(cli, sql, want):
    """A query of the scenario's own, whose rows are given."""
    code, got, said = cli.run("query", sql)
    if code != 0 or not isinstance(got, dict):
        return f"exit code {code}: {said}"
    return None if got["rows"] == want else f"must give {want}, gave {got['rows']}"


# --- Parquet -------------------------------------------------------------------------------------------------------


def parquet_files(lake):
    """The lake's Parquet files per flow, told by their columns: {"ga": [...], "logs": [...]}."""
    found = {"ga": [], "logs": []}
    for folder, folders, names in os.walk(lake):
        folders[:] = [f for f in folders if not f.startswith("_")]
        for name in names:
            if name.endswith(".parquet"):
                path = os.path.join(folder, name)
                columns = pq.ParquetFile(path).schema_arrow.names
                found["ga" if "user_count" in columns else "logs"].append(path)
    return found


def partition_of(path):
    m = re.search(r"/year=(\d+)/month=(\d+)/day=(\d+)/", path)
    return tuple(map(int, m.groups())) if m else None


def shown_ga_files(cli, files):
    """Of the ga files those that the last `Switched` of their date points at, by the journal."""
    code, got, said = cli.run("journal")
    if code != 0 or not isinstance(got, dict):
        raise ValueError(f"journal: exit code {code}: {said}")
    locations = {}
    for event in got["events"]:
        if event["type"] == "Switched" and event["stream"].startswith("partition/"):
            locations[event["stream"]] = event["data"]["location"].rstrip("/")
    shown, used = [], set()
    for path in files:
        folder = os.path.dirname(path)
        for location in locations.values():
            if folder == location or folder.endswith("/" + location) or location.endswith(folder):
                shown.append(path)
                used.add(location)
    lost = set(locations.values()) - used
    if lost:
        raise ValueError(f"the journal points at folders without Parquet files: {sorted(lost)[:3]}")
    return shown


ARROW = {"hour": pa.int64(), "device": pa.string(), "user_count": pa.int64(),
         "timestamp": pa.timestamp("us", tz="UTC"), "session_id": pa.int64(), "action": pa.string(), "params": pa.string()}  # fmt: skip


def arrow_rows(flow, files):
    """All rows of the files as pyarrow reads them; a wrong type raises."""
    columns = [c for c in TABLES[flow][1] if c not in ("year", "month", "day")]
    rows = []
    for path in files:
        with pq.ParquetFile(path) as file:
            schema = file.schema_arrow
            others = [n for n in schema.names if n not in columns and not n.startswith("_")]
            if others:
                raise ValueError(f"{path} has other columns: {others}")
            for c in columns:
                if schema.field(c).type != ARROW[c]:
                    raise ValueError(f"{path}: {c} is {schema.field(c).type}, not {ARROW[c]}")
            table = file.read(columns=columns)
        if flow == "logs":
            micros_column = pc.cast(table["timestamp"], pa.int64())
            table = table.set_column(0, "timestamp", micros_column)
        lists = [table[c].to_pylist() for c in columns]
        prefix = partition_of(path) if flow == "ga" else ()
        if prefix is None:
            raise ValueError(f"{path} lies in no date's folder")
        rows.extend((*prefix, *row) for row in zip(*lists, strict=True))
    return rows


DUCK = {"hour": "BIGINT", "device": "VARCHAR", "user_count": "BIGINT", "timestamp": "TIMESTAMP WITH TIME ZONE",
        "session_id": "BIGINT", "action": "VARCHAR", "params": ("VARCHAR", "JSON")}  # fmt: skip


def duck_rows(flow, files):
    """The same by DuckDB."""
    if not files:
        return []
    columns = TABLES[flow][1]
    with duckdb.connect(config={"threads": 1}) as con:
        source = con.from_parquet(files, hive_partitioning=flow == "ga", union_by_name=False)
        types = dict(zip(source.columns, map(str, source.types), strict=True))
        for c, wanted in DUCK.items():
            if c in columns and types[c] not in wanted:
                raise ValueError(f"DuckDB reads {c} as {types[c]}")
        cells = [f'epoch_us("{c}")' if c == "timestamp" else f'"{c}"::VARCHAR' if c == "params" else f'"{c}"' for c in columns]
        rows = source.project(", ".join(cells)).fetchall()
    return [(*map(int, r[:3]), *r[3:]) for r in rows] if flow == "ga" else rows


def check_parquet(cli, lake, flow, files):
    """Yields the checks of the flow's files, read by each of the two."""
    table = TABLES[flow][0]
    try:
        shown = shown_ga_files(cli, files) if flow == "ga" else files
    except (ValueError, KeyError) as e:
        yield f"journal of {table}", f"{type(e).__name__}: {e}"
        return
    for name, read in (("pyarrow", arrow_rows), ("duckdb", duck_rows)):
        try:
            problem = difference(lake.rows(flow), read(flow, shown))
        except (ValueError, KeyError, pa.ArrowException, duckdb.Error) as e:
            problem = f"{type(e).__name__}: {e}"
        yield f"{name} {table}", problem


def judge(cli, lake, flows=("ga", "logs"), show=False):
    """Yields (check, difference or None) for a lake that stands as `lake` says."""
    yield "ledger", check_ledger(cli, lake)
    yield "quarantine list", check_quarantine(cli, lake)
    if show:
        yield "quarantine show", check_show(cli, lake)
    files = parquet_files(os.path.join(cli.cwd, cli.lake))
    for flow in flows:
        yield f"query {TABLES[flow][0]}", check_query(cli, lake, flow)
        yield from check_parquet(cli, lake, flow, files[flow])


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("lake")
    options.add_argument("--calls", required=True)
    options.add_argument("--cli", default="npx tributary")
    given = options.parse_args()
    lake, problems = Lake(), []
    with open(given.calls) as f:
        calls = json.load(f)
    for n, call in enumerate(calls, 1):
        want = lake.ingest(call["flow"], [os.path.abspath(p) for p in call["paths"]], call.get("extracted_at"))
        if "output" in call or "exit" in call:
            problems.append((f"call {n}", call_check(want, call.get("exit"), call.get("output"))))
    cli = Cli(given.cli, os.path.abspath(given.lake), os.getcwd())
    problems.extend(judge(cli, lake, show=True))
    for name, problem in problems:
        print(f"ok    {name}" if problem is None else f"DIFF  {name}: {problem}")
    sys.exit(1 if any(problem for _, problem in problems) else 0)


if __name__ == "__main__":
    main()
