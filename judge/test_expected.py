"""The reader itself, on examples whose answers are worked out by hand."""

import gzip
import json
import os
import tempfile
import unittest

import expected
import jsontext
from expected import Lake

EXAMPLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "examples", "data")


def outcomes(records):
    return [r.row if r.status == "row" else r.reason or r.status for r in records]


def page(rows, header=("ga:dateHour", "ga:deviceCategory"), metrics=("ga:users",), **data):
    return json.dumps({"reports": [{
        "columnHeader": {"dimensions": header, "metricHeader": {"metricHeaderEntries": [{"name": m, "type": "INTEGER"} for m in metrics]}},
        "data": {"rows": [{"dimensions": r[:-1], "metrics": [{"values": [r[-1]]}]} for r in rows], **data},
    }]})  # fmt: skip


class JsonText(unittest.TestCase):
    def test_agrees_with_the_module_where_both_read(self):
        for text in ['{"a":[1,2.5e3,"x\\u00e9\\ud83d\\ude00"],"b":{}}', " [] ", '"\\/"', "-0.5", "null", '{"a":1,"a":2}']:
            slow, _ = jsontext.value(text, jsontext.skip(text, 0))
            self.assertEqual(slow, json.loads(text, parse_int=str, parse_float=str))
            self.assertEqual(slow, jsontext.whole(text))

    def test_tells_early_ends_from_errors(self):
        for text in ["", "{", '{"a', '{"a"', '{"a":', '{"a":1', '{"a":1,', "[1", "[1,", "tr", '"\\', '"\\u00', "-", "1.", "1e", "[1e+", '{"a":"b\\u12']:
            with self.assertRaises(jsontext.EndsEarly, msg=text):
                jsontext.whole(text)
        for text in ["x", "{,", '{"a" 1}', "[1,]", "trux", '"\\x"', '"\\u12g4', "01", "1.x", "+1", "NaN", "1 2", '{"a":1}}', '"\t"', "\ufeff1"]:
            with self.assertRaises(jsontext.NotJson, msg=text) as raised:
                jsontext.whole(text)
            self.assertNotIsInstance(raised.exception, jsontext.EndsEarly, msg=text)

    def test_depth(self):
        self.assertTrue(jsontext.whole("[" * 64 + "]" * 64))
        for text in ["[" * 65 + "]" * 65, '{"a":' * 65 + "1" + "}" * 65, "[" * 200_000]:
            with self.assertRaises(jsontext.TooDeep):
                jsontext.whole(text)

    def test_slices(self):
        found = jsontext.members(' { "a" : [1, 2 ] , "b":1.0,"a": {"x" :0} }\n')
        self.assertEqual({k: v[1] for k, v in found.items()}, {"a": '{"x" :0}', "b": "1.0"})


class GoogleAnalytics(unittest.TestCase):
    def test_pages(self):
        text = page([["2026010100", "desktop", "5"], ["(other)", "mobile", "1"], ["2026010124", "mobile", "1"], ["2026010123", "mobile", "x"]], totals=[{"values": ["8"]}])
        self.assertEqual(outcomes(expected.ga_records(text.encode())), [(2026, 1, 1, 0, "desktop", 5), "WrongType", "OutOfRange", "WrongType", "filtered"])

    def test_refused_pages(self):
        one = page([["2026010100", "desktop", "5"]])
        lacks = page([["2026010100", "5"]], header=["ga:dateHour"])
        more = page([["2026010100", "desktop", "IS", "5"]], header=["ga:dateHour", "ga:deviceCategory", "ga:country"])
        row = (2026, 1, 1, 0, "desktop", 5)
        self.assertEqual(outcomes(expected.ga_records((one + lacks + "\n" + more + one).encode())), [row, "MissingRequired", "UnknownShape", row])

    def test_cut_page(self):
        text = page([["2026010100", "desktop", "5"]])
        row = (2026, 1, 1, 0, "desktop", 5)
        self.assertEqual(outcomes(expected.ga_records((text + "\n" + text[:50]).encode())), [row, "Truncated"])
        self.assertEqual(outcomes(expected.ga_records((text + text.replace("[", "(", 1)).encode())), [row, "NotJson"])

    def test_date_ranges(self):
        doc = json.loads(page([["2026010100", "desktop", "5"]]))
        row = doc["reports"][0]["data"]["rows"][0]
        for other, outcome in (("5", 5), ("0", 5), ("6", "UnknownShape")):
            row["metrics"] = [{"values": ["5"]}, {"values": [other]}]
            found = outcomes(expected.ga_records(json.dumps(doc).encode()))[0]
            self.assertEqual(found if isinstance(found, str) else found[5], outcome)

    def test_lines(self):
        row = b'{"dateHour":"2026010100","deviceCategory":"desktop","activeUsers":%s}'
        data = b"\xef\xbb\xbf" + row % b"5" + b"\r\n \r\n" + row % b'"6"' + b"\nno\n" + row % b"1,\"x\":1" + b"\n" + row % b"null" + b"\n" + row % b"1.5" + b"\n" + row[:20]
        want = [(2026, 1, 1, 0, "desktop", 5), (2026, 1, 1, 0, "desktop", 6), "NotJson", "UnknownShape", "MissingRequired", "WrongType"]
        self.assertEqual(outcomes(expected.ga_records(data)), [*want, "Truncated"])
        self.assertEqual(outcomes(expected.ga_records(data + b"\n")), [*want, "NotJson"])

    def test_whole_numbers(self):
        cases = {"12": 12, "12.0": 12, "1.2e1": 12, "-0": 0, "9007199254740993": 2**53 + 1, "0e999999": 0}
        for text, n in cases.items():
            self.assertEqual(expected.int64(jsontext.Num(text)), n)
        for text, reason in {"1.5": "WrongType", "1e-1": "WrongType", "1e-999999": "WrongType", "1e999999": "OutOfRange", str(2**63): "OutOfRange"}.items():
            with self.assertRaises(expected.Bad) as raised:
                expected.int64(jsontext.Num(text))
            self.assertEqual(raised.exception.reason, reason)


class Gzip(unittest.TestCase):
    def test_members(self):
        self.assertEqual(expected.content_of(gzip.compress(b"a") + gzip.compress(b"") + gzip.compress(b"b")), b"ab")

    def test_every_cut_is_truncated(self):
        data = gzip.compress(b"some text, some text" * 9)
        for at in range(2, len(data)):
            with self.assertRaises(expected.Bad) as raised:
                expected.content_of(data[:at])
            self.assertEqual(raised.exception.reason, "Truncated", at)

    def test_checksum(self):
        data = bytearray(gzip.compress(b"text"))
        data[-8] ^= 1
        with self.assertRaises(expected.Bad) as raised:
            expected.content_of(bytes(data))
        self.assertEqual(raised.exception.reason, "BadEncoding")


class Logs(unittest.TestCase):
    def outcomes(self, *messages, ids=None):
        events = [{"id": str(n) if ids is None else ids[n], "timestamp": 1000, "message": m} for n, m in enumerate(messages)]
        doc = {"messageType": "DATA_MESSAGE", "owner": "1", "logGroup": "g", "logStream": "s", "logEvents": events}
        return outcomes(expected.log_records(json.dumps(doc).encode(), set()))

    def test_messages(self):
        self.assertEqual(
            self.outcomes('{"session_id":1,"action":"a","params":{"x": 1.50}}', "{}", "no", "[]", '{"session_id":1.5}', '{"action":1}', f'{{"session_id":"{2**63}"}}'),
            [(1_000_000, 1, "a", '{"x": 1.50}'), (1_000_000, 0, None, None), "NotJson", "UnknownShape", "WrongType", "WrongType", "OutOfRange"],
        )

    def test_platform_lines_and_duplicates(self):
        self.assertEqual(
            self.outcomes("START RequestId: 1", "START of all", '{"type":"platform.report"}', "{}", "no", ids=["1", "2", "3", "1", "2"]),
            ["filtered", "NotJson", "filtered", "duplicate", "duplicate"],
        )

    def test_what_is_no_payload(self):
        for text in ("{}", "[]", "7", '{"awslogs":{"data":7}}'):
            self.assertEqual(outcomes(expected.log_records(text.encode(), set())), ["UnknownShape"])
        self.assertEqual(outcomes(expected.log_records(b'{"awslogs":{"data":"?"}}', set())), ["BadEncoding"])


class Extracts(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def file(self, name, days, users, mtime=0):
        path = os.path.join(self.folder.name, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as f:
            f.writelines(f'{{"dateHour":"202601{d:02}00","deviceCategory":"mobile","activeUsers":{users}}}\n' for d in days)
        os.utime(path, (mtime, mtime))
        return path

    def shown(self, lake):
        return sorted((r[2], r[5]) for r in lake.rows("ga"))

    def test_newest_wins_in_any_order(self):
        a, b = self.file("a", [1, 2], 10), self.file("b", [2, 3], 20)
        for order in ([(a, "2026-02-01T00:00:00Z"), (b, "2026-02-02T00:00:00Z")], [(b, "2026-02-02T00:00:00Z"), (a, "2026-02-01T00:00:00Z")]):
            lake = Lake()
            for path, at in order:
                lake.ingest("ga", [path], at)
            self.assertEqual(self.shown(lake), [(1, 10), (2, 20), (3, 20)])
            self.assertEqual(lake.ledger()["flows"]["ga"] | {}, dict(records=4, written=3, superseded=1, duplicate=0, filtered=0, quarantined=0, pending=0))
        self.assertEqual([c["superseded"] for c in lake.printed], [0, 1])

    def test_runs_and_file_times(self):
        run, other = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
        self.file(f"{run}/1", [1, 2], 10, 100)
        self.file(f"{run}/2", [1], 11, 300)
        self.file(f"{other}/1", [1, 2, 3], 20, 200)
        self.file("own", [2], 30, 400)
        lake = Lake()
        lake.ingest("ga", [self.folder.name])
        self.assertEqual(self.shown(lake), [(1, 10), (1, 11), (2, 30), (3, 20)])

    def test_same_bytes(self):
        a, b = self.file("a", [1], 10, 1), self.file("b", [1], 10, 2)
        lake = Lake()
        self.assertEqual(lake.ingest("ga", [a, b])["duplicateInputs"], 1)
        self.assertEqual(lake.ingest("ga", [b])["records"], 0)
        self.assertEqual(lake.ingest("ga", [b], "2026-02-01T00:00:00Z")["written"], 1)
        self.assertEqual(lake.ingest("ga", [a], "2026-02-01T02:00:00+02:00")["duplicateInputs"], 1)

    def test_wrong_calls(self):
        lake = Lake()
        os.mkdir(os.path.join(self.folder.name, "empty"))
        self.assertIsNone(lake.ingest("ga", [self.folder.name]))
        self.assertIsNone(lake.ingest("ga", [self.file("a", [1], 1), "/no/such/file"]))
        self.assertEqual(lake.ledger()["flows"]["ga"]["records"], 0)


class SampleData(unittest.TestCase):
    def test_the_numbers_of_its_readme(self):
        lake = Lake()
        for folder in ("ga/2026-01-04T06", "ga/2026-01-05T06", "ga4/2026-01-08T06"):
            lake.ingest("ga", [os.path.join(EXAMPLES, folder)], folder.split("/")[1] + ":00:00Z")
        lake.ingest("logs", [os.path.join(EXAMPLES, "logs")])
        with open(os.path.join(EXAMPLES, "README.md")) as f:
            rows = [[c.strip() for c in line.split("|")[1:-1]] for line in f if line.startswith(("| ga |", "| logs |"))]
        for flow, *numbers in rows:
            counts = lake.ledger()["flows"][flow]
            self.assertEqual([str(counts[k]) for k in ("records", "written", "superseded", "duplicate", "filtered", "quarantined")], numbers)
        self.assertEqual(len(rows), 2)


if __name__ == "__main__":
    unittest.main()
