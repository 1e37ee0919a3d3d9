"""GA4 JSON Lines."""

import json

from cases import case
from cases.make import day, ga, gz, hours, line, lines


@case("ga")
def ga4_plain(t):
    """strings and numbers, all the names of the columns, members in any order, plain and gzip"""
    for n in range(5):
        text = lines(t.rng, hours(t.rng, [day(n), day(n + 3)], 80))
        t.write(f"in/{n}.jsonl" + (".gz" if n % 2 else ""), gz(text) if n % 2 else text)
    yield ga("in", at="2026-02-01T00:00:00Z")
    yield ga("in", at="2026-02-01T00:00:00Z")


@case("ga")
def ga4_line_ends(t):
    """CRLF, blank lines, a byte order mark, no newline at the end"""
    rows = [line(t.rng, r) for r in hours(t.rng, [day(0)], 12)]
    t.write("in/crlf.jsonl", "\r\n".join(rows) + "\r\n")
    t.write("in/open.jsonl", "\n".join(rows[:5]))
    t.write("in/open-crlf.jsonl", "\r\n".join(rows[:6]) + "\r")
    t.write("in/blank.jsonl", "\n\n \n" + "\n \t\n\r\n".join(rows[:7]) + "\n\n")
    t.write("in/mark.jsonl", "\ufeff" + "\n".join(rows[:8]) + "\n")
    t.write("in/mark.jsonl.gz", gz("\ufeff" + "\r\n".join(rows[:9])))
    yield ga("in", at="2026-02-01T00:00:00Z")


def broken(rng):
    """(line, the reason it should have) as examples of each; the judge works the reason out for itself."""
    h = day(4) + "07"
    hour, dev = f'"dateHour":"{h}"', '"deviceCategory":"mobile"'
    return [
        f'{{{hour},{dev},"activeUsers":1,}}', f"{{{hour},{dev},'activeUsers':1}}", f'{{{hour},{dev},"activeUsers":01}}',
        f'{{{hour},{dev},"activeUsers":NaN}}', f'{{{hour},{dev},"activeUsers":Infinity}}', f'{{{hour},{dev},"activeUsers":+1}}',
        f'{{{hour},{dev},"activeUsers":.5}}', f'{{{hour},{dev},"activeUsers":1}} x', f'{{{hour},{dev} "activeUsers":1}}',
        f'{{{hour},"deviceCategory":"a\tb","activeUsers":1}}', f'{{{hour},"deviceCategory":"a\\x","activeUsers":1}}',
        f'{{{hour},{dev},"activeUsers":', f'{{{hour},{dev},"activeUsers":1', "{", "garbage", "]", f"{hour},{dev}", "// comment",
        f'{{{hour},{dev},"activeUsers":tru}}', f'{{{hour},"deviceCategory":"\\u12","activeUsers":1}}',
        "[]", "42", '"text"', "null", "true", f"[{json.dumps(h)},1]",
        f'{{{hour},{dev},"activeUsers":1,"country":"IS"}}', f'{{{hour},{dev},"activeUsers":1,"country":null}}', '{"a":1}',
        f'{{{hour},{dev},"activeUsers":1,"totalUsers":1}}', f'{{{hour},{dev},"users":1,"activeUsers":2}}',
        f'{{{hour},{dev}}}', f'{{{dev},"activeUsers":1}}', f'{{{hour},"activeUsers":1}}', "{}",
        f'{{{hour},{dev},"activeUsers":null}}', f'{{"dateHour":null,{dev},"activeUsers":1}}', f'{{{hour},"deviceCategory":null,"activeUsers":1}}',
        f'{{{hour},{dev},"activeUsers":true}}', f'{{{hour},{dev},"activeUsers":[1]}}', f'{{{hour},{dev},"activeUsers":{{}}}}', f'{{{hour},{dev},"activeUsers":"many"}}',
        f'{{{hour},"deviceCategory":true,"activeUsers":1}}', f'{{{hour},"deviceCategory":["mobile"],"activeUsers":1}}',
        f'{{"dateHour":"(other)",{dev},"activeUsers":1}}', f'{{"dateHour":true,{dev},"activeUsers":1}}', f'{{"dateHour":"2024022924",{dev},"activeUsers":1}}',
        f'{{"dateHour":"20240229",{dev},"activeUsers":1}}', f'{{{hour},{dev},"activeUsers":9223372036854775808}}',
    ]  # fmt: skip


@case("ga", show=True)
def ga4_bad_lines(t):
    """a broken line of every kind, among good ones, all kept apart"""
    mixed = [line(t.rng, r) for r in hours(t.rng, [day(4)], 40)] + broken(t.rng)
    t.rng.shuffle(mixed)
    t.write("in/a.jsonl", line(t.rng, (day(4) + "00", "mobile", 3)) + "\n" + "\n".join(mixed) + "\n")
    wrong_bytes = [b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80", b"\xc0\xaf", b"\xf4\x90\x80\x80"]
    row = b'{"dateHour":"%s05","deviceCategory":"x%sy","activeUsers":2}\n'
    t.write("in/b.jsonl", b"".join(row % (day(5).encode(), w) for w in [b"a", *wrong_bytes, "é".encode()]))
    yield ga("in", at="2026-02-01T00:00:00Z")


@case("ga", show=True)
def ga4_cut_last_line(t):
    """files that end within a line, with and without a newline after it"""
    row = f'{{"dateHour":"{day(1)}05","deviceCategory":"mobile","activeUsers":"12"}}'
    for n, at in enumerate([1, 9, 14, 30, 45, 60, len(row) - 2, len(row) - 1]):
        t.write(f"in/{n}.jsonl", lines(t.rng, hours(t.rng, [day(1)], 2)) + row[:at])
        t.write(f"in/{n}-newline.jsonl", lines(t.rng, hours(t.rng, [day(1)], 2)) + row[:at] + "\n")
    t.write("in/wrong.jsonl", lines(t.rng, hours(t.rng, [day(1)], 2)) + row[:-1] + ",,")
    t.write("in/packed.jsonl.gz", gz(lines(t.rng, hours(t.rng, [day(1)], 2)) + row[:40]))
    yield ga("in", at="2026-02-01T00:00:00Z")


@case("ga")
def ga4_numbers(t):
    """whole numbers in every notation, exact to the last digit of int64"""
    counts = ["12.0", "1e2", "1E+2", "1.50e1", "120e-1", "12.5", "1e-1", "0.0", "-0", "-0.0", "0e99", "1e18", "1e19", "1e400", "9007199254740993",
              "9223372036854775807", "-9223372036854775808", "-9223372036854775809", "9223372036854775807.0", "9223372036854775808.0",
              "922337203685477580.7e1", "-7", '"-7"', '"9223372036854775807"', '"9223372036854775808"', '"12.0"', '"1e2"', '""', '"-"', '"00012"', "1" * 50]  # fmt: skip
    rows = [f'{{"dateHour":"{day(2)}{n % 24:02}","deviceCategory":"n{n}","activeUsers":{c}}}' for n, c in enumerate(counts)]
    rows.append(f'{{"dateHour":{day(2)}11,"deviceCategory":"hour as a number","activeUsers":1}}')
    rows.append('{"dateHour":2024022999,"deviceCategory":"no hour as a number","activeUsers":1}')
    t.write("a.jsonl", "\n".join(rows) + "\n")
    yield ga("a.jsonl")


@case("ga")
def ga4_text(t):
    """devices in many scripts, escaped and not, long, empty, with every odd character"""
    texts = ["", " ", "Gerät", "デスクトップ", "مكتب", "📱", "👩‍💻", "e\u0301", "a\"b\\c/d", "\b\f\n\r\t", "\u0000", "a\u0000b", "\u0001", "\x7f", "\u2028\u2029", "\ufeff", "\ufffd",
             "\U0010ffff", "x" * 5000, "ä" * 3000, "null", "'; DROP TABLE x; --", "<b>&amp;</b>", "a,b;c|d", "%00", "$LATEST", "__proto__", "NaN"]  # fmt: skip
    rows = []
    for n, text in enumerate(texts):
        for ascii_only in (True, False):
            cell = json.dumps(text, ensure_ascii=ascii_only)
            rows.append(f'{{"dateHour":"{day(3)}{n % 24:02}","deviceCategory":{cell},"activeUsers":{n}}}')
    rows += [f'{{"dateHour":"{day(3)}01","deviceCategory":"{cell}","activeUsers":1}}' for cell in ["\\ud83d\\ude00", "\\/", "\\u00E9", "\\u00e9"]]
    rows += [f'{{"dateHour":"{day(3)}01","deviceCategory":"{cell}","activeUsers":1}}' for cell in ["\\ud83d", "\\ude00", "\\ude00\\ud83d", "a\\ud83dz"]]
    rows.append(f'{{"\\u0064ateHour":"{day(3)}01","deviceCategory":"escaped name","activeUsers":1}}')
    t.rng.shuffle(rows)
    t.write("a.jsonl", lines(t.rng, hours(t.rng, [day(3)], 1)) + "\n".join(rows))
    yield ga("a.jsonl")


@case("ga")
def ga4_depth(t):
    """64 levels are read (and refused for what they are), 65 are too deep"""
    head = f'{{"dateHour":"{day(0)}05","deviceCategory":"mobile","activeUsers":1,"x":'
    rows = [head + "[" * n + "]" * n + "}" for n in (5, 62, 63, 64, 65, 500, 100_000)]
    rows += [head + '{"a":' * n + "1" + "}" * n + "}" for n in (62, 63, 64, 65, 5000)]
    rows += ["[" * 64 + "]" * 64, "[" * 65 + "]" * 65]
    t.write("a.jsonl", lines(t.rng, hours(t.rng, [day(0)], 3)) + "\n".join(rows) + "\n" + lines(t.rng, hours(t.rng, [day(0)], 3)))
    yield ga("a.jsonl")


@case("ga")
def ga4_same_name_twice(t):
    """of two members with one name the last wins"""
    h = f'"dateHour":"{day(0)}05"'
    rows = [
        f'{{{h},"deviceCategory":"a","activeUsers":1,"activeUsers":2}}',
        f'{{{h},"deviceCategory":"a","activeUsers":"x","activeUsers":3}}',
        f'{{{h},"deviceCategory":"a","activeUsers":3,"activeUsers":"x"}}',
        f'{{{h},"deviceCategory":"a","deviceCategory":"b","activeUsers":4}}',
        f'{{"dateHour":"(other)",{h},"deviceCategory":"b","activeUsers":5}}',
        f'{{{h},"deviceCategory":"c","activeUsers":6,"activeUsers":null}}',
        f'{{{h},"deviceCategory":"c","activeUsers":7,"active\\u0055sers":8}}',
    ]
    t.write("a.jsonl", "\n".join(rows) + "\n")
    yield ga("a.jsonl")


def _users(lake):
    rows = lake.rows("ga")
    return [[len(rows), sum(r[5] for r in rows), len({r[4] for r in rows})]]


@case("ga", sql=[("SELECT count(*), sum(user_count)::BIGINT, count(DISTINCT device) FROM appflow_data.ga_sample", _users)])
def ga4_big(t):
    """50,000 lines, one in a hundred of them bad, in two files"""
    rows = [line(t.rng, r) for r in hours(t.rng, [day(n) for n in range(12)], 50_000)]
    bad_ones = broken(t.rng)
    for n in range(17, len(rows), 100):
        rows[n] = bad_ones[n // 100 % len(bad_ones)]
    t.write("in/a.jsonl", "\n".join(rows[:30_000]) + "\n")
    t.write("in/b.jsonl.gz", gz("\n".join(rows[30_000:])))
    yield ga("in", at="2026-02-01T00:00:00Z")
    yield ga("in/b.jsonl.gz", at="2026-02-01T00:00:00Z")


@case("ga")
def ga4_line_too_large(t):
    """a line beyond 16 MiB is one record; the lines around it are kept"""
    long = f'{{"dateHour":"{day(0)}05","deviceCategory":"{"x" * (17 * 2**20)}","activeUsers":1}}\n'
    around = [lines(t.rng, hours(t.rng, [day(0)], 3)) for _ in range(2)]
    t.write("in/a.jsonl.gz", gz(around[0] + long + around[1], 1))
    yield ga("in", at="2026-02-01T00:00:00Z")
