"""What the scenarios build their inputs with. All of it is decided by the scenario's own random generator."""

import base64
import gzip
import json
import os
from dataclasses import dataclass
from pathlib import Path
from random import Random

DEVICES = ["desktop", "mobile", "tablet", "smart tv"]
EPOCH = 1_770_000_000  # February 2026: modification times start here


@dataclass
class Call:
    """One `ingest`: `wrong` says that it must be refused (exit code 2); `code` is the exit code it must have otherwise."""

    flow: str
    paths: list
    extracted_at: str | None = None
    extra: tuple = ()
    wrong: bool = False
    code: int = 0


def ga(*paths, at=None, **more):
    return Call("ga", list(paths), at, **more)


def logs(*paths, **more):
    return Call("logs", list(paths), **more)


class Tree:
    """A scenario's folder. Each file is a minute newer than the one written before it, unless `mtime` says otherwise."""

    def __init__(self, root, seed):
        self.root, self.rng, self.clock = Path(root), Random(seed), EPOCH

    def write(self, path, content, mtime=None):
        full = self.root / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_bytes(content.encode() if isinstance(content, str) else content)
        self.clock += 60
        seconds = self.clock if mtime is None else mtime
        os.utime(full, ns=(seconds * 10**9, seconds * 10**9))
        return path

    def uuid(self):
        h = f"{self.rng.getrandbits(128):032x}"
        return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-a{h[17:20]}-{h[20:]}"

    def run_folder(self, uuid, flow="ga-flow"):
        """A folder as AppFlow names it."""
        return f"ga-data/{flow}/schemaVersion_{self.rng.randint(1, 3)}/2026/0{self.rng.randint(1, 9)}/11/{uuid}"


def gz(content, level=6):
    return gzip.compress(content.encode() if isinstance(content, str) else content, level, mtime=0)


def spaced(rng, v):
    """JSON with or without spaces, ASCII or not."""
    separators = rng.choice([(",", ":"), (", ", ": "), (" ,", " :\t")])
    return json.dumps(v, separators=separators, ensure_ascii=rng.random() < 0.5)


# --- Google Analytics ----------------------------------------------------------------------------------------------


def day(n):
    """The n-th day of a range that passes a month's end and a leap day: 2024-02-20 and after."""
    month, d = (2, 20 + n) if 20 + n <= 29 else (3, 20 + n - 29)
    return f"2024{month:02}{d:02}"


def hours(rng, days, count):
    """(dateHour, device, users) of random hours of the days; some twice."""
    return [
        (f"{rng.choice(days)}{rng.randrange(24):02}", rng.choice(DEVICES), rng.choice([0, 1, rng.randrange(500)]))
        for _ in range(count)
    ]


def report(rng, rows, totals=0, dimensions=("ga:dateHour", "ga:deviceCategory"), metrics=("ga:users",), **data):
    """A page of a Universal Analytics report; the order of its dimensions is random."""
    order = rng.sample(range(len(dimensions)), len(dimensions))
    cells = [
        {"dimensions": [[r[0], r[1], *r[3:]][i] for i in order], "metrics": [{"values": [str(r[2])] * len(metrics)}]}
        for r in rows
    ]
    if rows or rng.random() < 0.3:
        data["rows"] = cells
    if rows:
        data["rowCount"] = rng.choice([len(rows), 12345])
    if totals:
        data["totals"] = [{"values": [str(sum(r[2] for r in rows if isinstance(r[2], int)))]} for _ in range(totals)]
    if rng.random() < 0.5:
        data |= {"minimums": [{"values": ["0"]}], "maximums": [{"values": ["9"]}], "isDataGolden": rng.random() < 0.5}
    entries = [{"name": m, "type": "INTEGER"} for m in metrics]
    page = {
        "columnHeader": {"dimensions": [dimensions[i] for i in order], "metricHeader": {"metricHeaderEntries": entries}},
        "data": dict(sorted(data.items(), key=lambda _: rng.random())),
    }
    return page | ({"nextPageToken": "10000"} if rng.random() < 0.4 else {})


def document(rng, *reports, pretty=None):
    pretty = rng.random() < 0.3 if pretty is None else pretty
    doc = {"reports": list(reports)}
    return json.dumps(doc, indent=rng.choice([1, 2, "\t"])) if pretty else spaced(rng, doc)


def run_report(rng, rows, totals=0):
    """A GA4 runReport response."""
    doc = {
        "dimensionHeaders": [{"name": "deviceCategory"}, {"name": "dateHour"}],
        "metricHeaders": [{"name": rng.choice(["activeUsers", "totalUsers"]), "type": "TYPE_INTEGER"}],
    }
    if rows:
        doc["rows"] = [
            {"dimensionValues": [{"value": d}, {"value": h}], "metricValues": [{"value": str(n)}]} for h, d, n in rows
        ]
        doc["rowCount"] = len(rows)
    if totals:
        total = {"dimensionValues": [{"value": "RESERVED_TOTAL"}] * 2, "metricValues": [{"value": "7"}]}
        doc["totals"] = [total] * totals
    return doc | {"metadata": {"currencyCode": "EUR", "timeZone": "Europe/Berlin"}, "kind": "analyticsData#runReport"}


def line(rng, row, **other):
    """A GA4 JSON line: names and types vary."""
    hour, device, n = row
    members = {
        rng.choice(["dateHour"]): hour,
        "deviceCategory": device,
        rng.choice(["users", "activeUsers", "totalUsers"]): rng.choice([n, str(n)]),
        **other,
    }
    return spaced(rng, dict(sorted(members.items(), key=lambda _: rng.random())))


def lines(rng, rows):
    return "".join(line(rng, r) + "\n" for r in rows)


# --- CloudWatch Logs -----------------------------------------------------------------------------------------------


def event(rng, message, ms=None, id=None):
    if not isinstance(message, str):
        message = spaced(rng, message)
    return {
        "id": id or "".join(rng.choice("0123456789") for _ in range(56)),
        "timestamp": 1_700_000_000_000 + rng.randrange(10**11) if ms is None else ms,
        "message": message,
        **({"extractedFields": {"level": "INFO", "$extra": "{}"}} if rng.random() < 0.1 else {}),
    }


def payload(rng, events, owner="123456789012", group="/aws/lambda/a", stream=None, **more):
    stream = f"2026/01/01/[$LATEST]{rng.getrandbits(64):x}" if stream is None else stream
    doc = {
        "messageType": "DATA_MESSAGE", "owner": owner, "logGroup": group, "logStream": stream,
        "subscriptionFilters": ["f"], "logEvents": events, **more,
    }  # fmt: skip
    return doc | ({"policyLevel": "ACCOUNT_LEVEL_POLICY"} if rng.random() < 0.3 else {})


def control(id="", message="CWL CONTROL MESSAGE: Checking health of destination Firehose."):
    return {
        "messageType": "CONTROL_MESSAGE", "owner": "CloudwatchLogs", "logGroup": "", "logStream": "",
        "subscriptionFilters": [], "logEvents": [{"id": id, "timestamp": 1_510_109_208_016, "message": message}],
    }  # fmt: skip


def lambda_event(packed):
    return {"awslogs": {"data": base64.b64encode(packed).decode()}}


def wrapped(rng, payloads):
    """The payloads in one of the forms in which files hold them."""
    form = rng.randrange(5)
    texts = [json.dumps(p, ensure_ascii=rng.random() < 0.5) for p in payloads]
    if form == 0:
        return rng.choice(["", "\n", "\r\n", "  "]).join(texts)
    if form == 1:
        return gz(rng.choice(["", "\n"]).join(texts), rng.randint(0, 9))
    if form == 2:  # each a gzip member of its own
        return b"".join(gz(t, rng.randint(1, 9)) for t in texts)
    if form == 3:
        return "\n".join(json.dumps(p, indent=2) for p in payloads) + "\n"
    return rng.choice(["", "\n"]).join(json.dumps(lambda_event(gz(t))) for t in texts)


def shop_message(rng):
    """A message that becomes a row."""
    m = {}
    if rng.random() < 0.9:
        m["session_id"] = rng.choice([None, rng.randrange(10**6), str(rng.randrange(10**18)), rng.getrandbits(63), -5])
    if rng.random() < 0.9:
        m["action"] = rng.choice([None, "", "view", "add to cart", "Ansehen – größer", "見る", "🛒"])
    if rng.random() < 0.9:
        m["params"] = rng.choice([None, {}, [], "text", 7, False, {"a": [1, {"b": None}], "é": "ü"}, {"n": rng.random()}])
    if rng.random() < 0.4:
        m["timestamp"] = rng.choice([0, "2020-01-01T00:00:00Z", None])
    if rng.random() < 0.2:
        m["level"] = "INFO"
    return m
