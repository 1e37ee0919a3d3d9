"""Files: gzip whatever its name, broken gzip, empty files."""

import struct

from cases import case
from cases.make import control, day, document, event, ga, gz, hours, lines, logs, payload, report, shop_message, wrapped


@case("ga", show=True)
def gzip_by_content(t):
    """gzip is known by its bytes; several members are one text; broken gzip is one record, and nothing in it is written"""
    text = [lines(t.rng, hours(t.rng, [day(n)], 30)) for n in range(12)]
    t.write("in/packed.jsonl", gz(text[0]))
    t.write("in/plain.jsonl.gz", text[1])
    t.write("in/no-name", gz(document(t.rng, report(t.rng, hours(t.rng, [day(1)], 5))), 9))
    t.write("in/members.gz", gz(text[2]) + gz(text[3], 1) + gz("", 9) + gz(text[4], 0))
    half = len(text[5]) // 2
    t.write("in/members-within-a-line.gz", gz(text[5][:half]) + gz(text[5][half:]))
    packed = gz(text[6])
    for n, at in enumerate([2, 5, 10, 11, 40, len(packed) // 2, len(packed) - 9, len(packed) - 8, len(packed) - 5, len(packed) - 1]):
        t.write(f"in/cut-{n}.gz", packed[:at])
    t.write("in/cut-member.gz", gz(text[7]) + gz(text[8])[:-20])
    packed = bytearray(gz(text[9]))
    packed[-6] ^= 1
    t.write("in/checksum.gz", bytes(packed))
    packed = bytearray(gz(text[9]))
    packed[-1] ^= 1
    t.write("in/length.gz", bytes(packed))
    packed = bytearray(gz(text[10]))
    packed[10] |= 6
    t.write("in/block-type.gz", bytes(packed))
    packed = bytearray(gz(text[11]))
    packed[2] = 7
    t.write("in/method.gz", bytes(packed))
    name = b"\x1f\x8b\x08\x08" + struct.pack("<I", 1_600_000_000) + b"\x00\x03" + b"rows.jsonl\0"
    t.write("in/with-its-name.gz", name + gz(text[11])[10:])
    yield ga("in", at="2026-02-01T00:00:00Z")
    yield ga("in", at="2026-02-01T00:00:00Z")


@case("ga", "logs")
def empty_files(t):
    """empty files have no records, and the second empty file is a duplicate of the first"""
    t.write("ga/a.json", "")
    t.write("ga/b.json", "")
    t.write("ga/c.jsonl", "\n \n\r\n")
    t.write("ga/d.jsonl", "\ufeff")
    t.write("ga/e.gz", gz(""))
    t.write("logs/a.json", "")
    t.write("logs/b.json", " \n")
    t.write("logs/c.gz", gz(""))
    t.write("logs/d.gz", gz("\n") + gz(""))
    yield ga("ga")
    yield logs("logs")
    t.write("more.json", "")
    yield ga("more.json")


@case("ga", "logs")
def both_flows(t):
    """both flows in one lake, and a file given to the wrong one first"""
    rows = lines(t.rng, hours(t.rng, [day(0), day(1)], 40))
    events = wrapped(t.rng, [payload(t.rng, [event(t.rng, shop_message(t.rng)) for _ in range(20)]), control()])
    t.write("rows.jsonl", rows)
    t.write("events", events)
    t.write("one.json", '{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"g","logStream":"s","subscriptionFilters":[],"logEvents":[]}')
    t.write("page.json", document(t.rng, report(t.rng, hours(t.rng, [day(3)], 3)), pretty=False))
    yield ga("one.json")
    yield logs("one.json", "events")
    yield logs("page.json")
    yield ga("page.json", "rows.jsonl", at="2026-02-01T00:00:00Z")


@case("ga", "logs")
def only_logs(t):
    """a lake with logs only answers a query of the other table with no rows"""
    t.write("events.gz", gz(wrapped(t.rng, [payload(t.rng, [event(t.rng, shop_message(t.rng))])])))
    yield logs("events.gz")


@case("ga")
def odd_names(t):
    """names of files and folders with spaces, plus signs, percent signs and other scripts"""
    for n, name in enumerate(["with space.jsonl", "a+b.jsonl", "100%25.jsonl", "größe.jsonl", "データ/行.jsonl", "a=b/year=2020/x.jsonl", "it's.jsonl", "#1?.jsonl", "[x].jsonl"]):
        t.write(f"in/{name}", lines(t.rng, [(f"{day(n)}00", name, n)]) + "garbage\n")
    yield ga("in")
    yield ga("in/größe.jsonl", "in/100%25.jsonl", "in/#1?.jsonl")


@case("ga", "logs")
def calls_at_once(t):
    """five calls at the same time on one lake that does not exist yet"""
    for n in range(3):
        t.write(f"e{n}/a.jsonl", lines(t.rng, [(day(n) + "00", "mobile", n), *hours(t.rng, [day(n), day(n + 1)], 40)]))
        t.write(f"e{n}/b.jsonl.gz", gz(lines(t.rng, [(day(n + 1) + "00", "mobile", n), (day(n + 1) + "24", "mobile", n)])))
    for n in range(2):
        t.write(f"logs{n}/a", wrapped(t.rng, [payload(t.rng, [event(t.rng, shop_message(t.rng)) for _ in range(20)]), control()]))
    times = ["2026-02-01T00:00:00Z", "2026-02-03T00:00:00Z", "2026-02-02T00:00:00Z"]
    yield [*(ga(f"e{n}", at=at) for n, at in enumerate(times)), logs("logs0"), logs("logs1")]
    yield ga("e0", at=times[0])
