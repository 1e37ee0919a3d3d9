"""Report pages: Universal Analytics, and GA4's runReport."""

import json

from cases import case
from cases.make import day, document, ga, gz, hours, report, run_report


@case("ga")
def ua_many_documents(t):
    """many documents in a file, joined by anything or nothing, pretty or not, several reports in one"""
    for n in range(6):
        text = t.rng.choice(["", "\n", " \n"])
        for _ in range(t.rng.randint(1, 9)):
            pages = [report(t.rng, hours(t.rng, [day(n)], t.rng.randrange(12)), t.rng.randrange(2)) for _ in range(t.rng.choice([1, 1, 3]))]
            text += document(t.rng, *pages) + t.rng.choice(["", "\n", "\n\n", " ", "\r\n", "\t"])
        t.write(f"in/{n}.json", text)
    yield ga("in")
    yield ga("in")


@case("ga")
def ua_empty_and_totals(t):
    """pages without rows, totals of one and two date ranges"""
    t.write("in/a.json", document(t.rng, report(t.rng, []), pretty=False))
    t.write("in/b.json", document(t.rng, report(t.rng, [], totals=1), pretty=True))
    t.write("in/c.json", document(t.rng, report(t.rng, [], totals=2)) + document(t.rng, report(t.rng, hours(t.rng, [day(1)], 5), totals=2)))
    bare = {"columnHeader": report(t.rng, [])["columnHeader"], "data": {}}
    t.write("in/d.json", json.dumps({"reports": [bare]}))
    yield ga("in", at="2026-02-01T00:00:00Z")


@case("ga")
def ua_two_date_ranges(t):
    """rows with two `metrics` entries: what is not zero must agree"""
    rows = hours(t.rng, [day(0), day(1)], 60)
    page = report(t.rng, rows)
    for n, row in enumerate(page["data"]["rows"]):
        a = row["metrics"][0]["values"][0]
        row["metrics"].append({"values": [[a, "0", str(n + 1000)][n % 3]]})
        if n % 2:
            row["metrics"].reverse()
    t.write("a.json", document(t.rng, page))
    yield ga("a.json")


@case("ga")
def ua_refused_pages(t):
    """pages without a declared column or with an undeclared one are one record each; their neighbours are kept"""
    hour, device, users = "ga:dateHour", "ga:deviceCategory", "ga:users"
    rows = hours(t.rng, [day(2)], 7)
    wide = [(*r, "Iceland") for r in rows]
    refused = [
        report(t.rng, [(r[0], "", r[2]) for r in rows], 1, dimensions=(hour,)),
        report(t.rng, rows, 1, metrics=()),
        report(t.rng, wide, dimensions=(hour, device, "ga:country")),
        report(t.rng, rows, metrics=(users, "ga:sessions")),
        report(t.rng, rows, 2, dimensions=(hour, "ga:browser")),
    ]
    for n, page in enumerate(refused):
        if n == 0:
            for row in page["data"]["rows"]:
                row["dimensions"] = row["dimensions"][:1]
        fine = document(t.rng, report(t.rng, hours(t.rng, [day(3)], 4), 1))
        t.write(f"in/{n}.json", fine + document(t.rng, page) + "\n" + fine)
    t.write("in/one.json", document(t.rng, refused[2], report(t.rng, hours(t.rng, [day(3)], 4))))
    yield ga("in", at="2026-02-01T00:00:00Z")


BAD_HOURS = ["(other)", "2024022924", "2023022910", "2024130100", "2024010", "20240229", "202402291012", "2024-02-29 10", "2024o22910",
             "２０２４０２２９１０", " 2024022910", "2024022910\n", "+024022910", "2024043109", "2024000105", "2024010005"]  # fmt: skip
BAD_USERS = ["abc", "1.5", "1.0", "1e3", "", " 7", "7 ", "+7", "--7", "0x10", "1,000", "٣", "9223372036854775808", "-9223372036854775809", "9" * 400]
GOOD_USERS = ["9223372036854775807", "-9223372036854775808", "-3", "007", "-0", "9007199254740993"]


@case("ga")
def ua_bad_rows(t):
    """hours that are none and counts that are none, among good rows"""
    rows = hours(t.rng, [day(9), day(10)], 20)
    rows += [(h, "mobile", 1) for h in BAD_HOURS] + [(day(9) + "10", "tablet", n) for n in BAD_USERS + GOOD_USERS]
    t.rng.shuffle(rows)
    t.write("a.json", document(t.rng, report(t.rng, rows, 1)))
    yield ga("a.json")


@case("ga")
def ua_broken_documents(t):
    """documents that are cut or wrong: one record each, those before them are kept"""
    for n in range(5):
        fine = document(t.rng, report(t.rng, hours(t.rng, [day(n)], 6), 1)) + t.rng.choice(["", "\n"])
        cut = document(t.rng, report(t.rng, hours(t.rng, [day(n)], 30)), pretty=n % 2 == 0)
        cut = cut[: t.rng.randrange(20, len(cut) - 3)].rstrip()
        t.write(f"cut/{n}.json", (fine if n else "") + cut)
    text = document(t.rng, report(t.rng, hours(t.rng, [day(6)], 9)), pretty=False)
    t.write("wrong/a.json", text.replace("]", "}", 1))
    t.write("wrong/b.json", text + "\n" + text[:60].replace(":", "=", 1) + text[60:])
    t.write("wrong/c.json", text + '\n{"error":"quota"}')
    t.write("wrong/d.json.gz", gz(text + text[:-9]))
    yield ga("cut", "wrong", at="2026-02-01T00:00:00Z")


@case("ga")
def ga4_run_report(t):
    """runReport responses, with totals, without rows, several in a file"""
    docs = [run_report(t.rng, hours(t.rng, [day(n)], t.rng.randrange(9)), n % 3) for n in range(6)]
    t.write("in/a.json", json.dumps(docs[0], indent=2))
    t.write("in/b.json", "\n".join(map(json.dumps, docs[1:4])))
    t.write("in/c.json.gz", gz("".join(map(json.dumps, docs[4:]))))
    yield ga("in", at="2026-02-01T00:00:00Z")
