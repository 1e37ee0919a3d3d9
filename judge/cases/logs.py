"""CloudWatch Logs payloads."""

import base64
import json
import zlib

from cases import case
from cases.make import control, event, gz, lambda_event, logs, payload, shop_message, wrapped

PLATFORM = [
    "START RequestId: 5c7e Version: $LATEST\n", "END RequestId: 5c7e\n", "INIT_START Runtime Version: nodejs:24.v1\tRuntime Version ARN: arn:aws\n",
    "REPORT RequestId: 5c7e\tDuration: 2.5 ms\tBilled Duration: 3 ms\tMemory Size: 128 MB\tMax Memory Used: 70 MB\t\nXRAY TraceId: 1-5\n",
    '{"time":"2026-01-01T00:00:00Z","type":"platform.start","record":{"requestId":"5c7e"}}', '{"type":"platform.report","record":{}}',
    ' {"record":{},"type" : "platform.initStart"}\n', '{"type":"platform.runtimeDone"}', '{"type":"platform.telemetrySubscription"}',
]  # fmt: skip
ALMOST = [
    "START of the sale", "START RequestId", "START", "STARTED RequestId: 1", "END RequestId", "END", "ENDED", "REPORT", "REPORT: all fine", "INIT_START", "INIT_START of all",
    " START RequestId: 5c7e", "start RequestId: 5c7e", '{"type":"platform"}', '{"type":"platformer.start"}', '{"type":"app.platform.start"}', '{"type":7}',
    '{"type":null}', '{"kind":"platform.start"}', '{"record":{"type":"platform.start"}}', '["platform.start"]', '"platform.start"',
]  # fmt: skip


@case("logs")
def logs_in_every_form(t):
    """random payloads as Lambda events, gzip, members, plain JSON, several in a file, with control messages between"""
    for n in range(10):
        payloads = [payload(t.rng, [event(t.rng, shop_message(t.rng)) for _ in range(t.rng.randrange(25))]) for _ in range(t.rng.randint(1, 4))]
        if t.rng.random() < 0.4:
            payloads.insert(t.rng.randrange(len(payloads) + 1), control())
        t.write(f"in/{n}", wrapped(t.rng, payloads))
    yield logs("in")
    yield logs("in")


@case("logs")
def logs_platform_lines(t):
    """Lambda's own lines are filtered, those that merely look like one are not"""
    messages = [*PLATFORM, *ALMOST] * 2
    t.rng.shuffle(messages)
    t.write("a.json", json.dumps(payload(t.rng, [event(t.rng, m) for m in messages])))
    yield logs("a.json")


@case("logs")
def logs_control_messages(t):
    """control messages are filtered each time they come, with whatever they say"""
    t.write("in/a.json", json.dumps(control()))
    t.write("in/b.json", json.dumps(control()) + json.dumps(control()))
    t.write("in/c.gz", gz(json.dumps(control(message='{"session_id":1}'))))
    t.write("in/d.json", json.dumps(lambda_event(gz(json.dumps(control("1"))))))
    t.write("in/e.json", json.dumps(control("1")) + "\n" + json.dumps(payload(t.rng, [])))
    yield logs("in")
    yield logs("in")


@case("logs")
def logs_shared_events(t):
    """an event that came before is a duplicate: in its own payload, in another, in another call, in another form"""
    events = [event(t.rng, m) for m in [*(shop_message(t.rng) for _ in range(20)), "not JSON", "START RequestId: 1", "[]"]]
    where = dict(owner="1", group="/g", stream="s")
    t.write("one/a.json", json.dumps(payload(t.rng, [*events[:15], events[3], events[3]], **where)))
    t.write("two/b.gz", gz(json.dumps(payload(t.rng, events[10:], **where)) + json.dumps(payload(t.rng, events[5:12], **where))))
    t.write("two/c.json", json.dumps(lambda_event(gz(json.dumps(payload(t.rng, events, **where))))))
    elsewhere = [dict(where, owner="2"), dict(where, group="/h"), dict(where, stream="t")]
    t.write("three/d.json", "\n".join(json.dumps(payload(t.rng, events[:4], **w)) for w in elsewhere))
    yield logs("one")
    yield logs("two")
    yield logs("three", "one")


@case("logs")
def logs_keys_that_look_alike(t):
    """owner, group, stream and id are told apart even where they run together to the same text"""
    sources = [("1", "23", "4"), ("12", "3", "4"), ("1", "2", "34"), ("123", "", "4"), ("1", "2/3", "4"), ("1/2", "3", "4"), ("1", "2", "3/4"),
               ("1", "2|3", "4"), ("1|2", "3", "4"), ("1\n2", "3", "4"), ("1", "2\n3", "4"), ("1\x002", "3", "4"), ("1", "2\x003", "4"), ("1,2", "3", "4"), ("1", "2,3", "4"), ("1:2", "3", "4"), ("1", "2:3", "4")]  # fmt: skip
    docs = [payload(t.rng, [event(t.rng, {"session_id": n}, id=i)], owner=o, group=g, stream=s) for n, (o, g, s) in enumerate(sources) for i in ("5", "45")]
    t.write("a.json", "".join(map(json.dumps, docs)))
    yield logs("a.json")


@case("logs")
def logs_session_ids(t):
    """whole numbers and strings of digits, exact; all else is quarantined"""
    cells = ["0", "-1", "9007199254740993", "-9007199254740993", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "-9223372036854775809", "1" * 60,
             "null", '"0"', '"12"', '"0012"', '"9007199254740993"', '"9223372036854775807"', '"9223372036854775808"', '"' + "9" * 60 + '"',
             "1.5", "0.1", "-2.25", "1e-3", "true", "false", "[]", "[1]", "{}", '"abc"', '""', '" 1"', '"1 "', '"1.0"', '"1e3"', '"0x1"', '"+1"', '"١"']  # fmt: skip
    messages = [f'{{"action":"a{n}","session_id":{c}}}' for n, c in enumerate(cells)] + ['{"action":"none"}', "{}", '{"session_id":"x","session_id":5}', '{"session_id":5,"session_id":"x"}']
    t.write("a.json", json.dumps(payload(t.rng, [event(t.rng, m) for m in messages])))
    yield logs("a.json")


@case("logs")
def logs_params_as_written(t):
    """params keep their text: digits, spaces, escapes, order, names that come twice"""
    cells = ["{}", "[]", "{ }", '{ "a" : 1 , "b":[ 1,2 , 3 ] }', "0.1000000000000000055511151231257827", "123456789012345678901234567890", "1.0", "1e400", "-0", "1E+2",
             '"text"', '"\\u00e9\\n\\/"', '{"\\u0061":"\\ud83d\\ude00"}', "true", "false", '{"b":1,"a":2}', '{"a":1,"a":2}', '[{"x":[{"y":null}]}]', '"null"', '""',
             '{\n  "a":\t1\n}', '{"größe":"見る 🛒"}', "[" * 63 + "]" * 63, '{"params":{"params":1}}', '"' + "x" * 20_000 + '"', "[1,2],\"other\":[3]", "null", "null,\"other\":1"]  # fmt: skip
    messages = [t.rng.choice(['{"session_id":%d,"params":%s}', '{"params": %s ,"session_id":%d}', ' {"session_id" : %d , "params" :  %s  }\n'][:1]) % (n, c) for n, c in enumerate(cells)]
    messages += ['{"params":%s,"session_id":100}' % c for c in cells[:20]] + [' { "session_id" : 7 , "params" :  %s  } \n' % c for c in cells[:20]]
    messages += ['{"params":1,"params":{"last":true}}', '{"params":{"a":1},"params":null}', '{"p\\u0061rams":[1, 2]}', '{"x":{"params":1}}', '{"params":' + "[" * 64 + "]" * 64 + "}"]
    t.rng.shuffle(messages)
    half = len(messages) // 2
    t.write("in/a.json", json.dumps(payload(t.rng, [event(t.rng, m) for m in messages[:half]]), ensure_ascii=False))
    t.write("in/b.gz", gz(json.dumps(payload(t.rng, [event(t.rng, m) for m in messages[half:]]), indent=1)))
    yield logs("in")


@case("logs")
def logs_bad_messages(t):
    """messages that are no JSON, no object, too deep, or hold what no row can"""
    messages = ["", " ", "\n", "text", "2026-01-01T00:00:00Z\t5c7e\tERROR\tUncaught", "{", '{"a":1', '{"a":1,}', "{'a':1}", '{"a":1} {"b":2}', '{"a":NaN}', '{"a":01}', '{"a":"\t"}', "Task timed out after 3.00 seconds",
                "\ufeff{}", "[]", "[{}]", "1", "-1.5", '"text"', "true", "null", "[" * 64 + "]" * 64, "[" * 65 + "]" * 65, '{"a":' * 65 + "1" + "}" * 65, '{"a":' * 64 + "1" + "}" * 64, "[" * 5000,
                '{"action":1}', '{"action":true}', '{"action":["view"]}', '{"action":{}}', '{"action":null}', '{"action":"\\ud800"}', '{"action":"a\\udc00b"}', '{"action":"\\ud83d\\ude00"}', '{"other":"\\ud800"}',
                '{"action":"a\\u0000b"}', '{"action":"größer"}', '{"action":"\\u007f\\b"}', "  {} \n", "\t{\n}\r\n"]  # fmt: skip
    t.rng.shuffle(messages)
    t.write("a.json", json.dumps(payload(t.rng, [event(t.rng, m) for m in messages])))
    yield logs("a.json")


@case("logs")
def logs_times(t):
    """milliseconds from the year 1 to 9999; outside of that, quarantined; the message's own timestamp is ignored"""
    times = [0, 1, -1, 999, 1_700_000_000_123, -62135596800000, -62135596800001, 253402300799999, 253402300800000, -1_000_000_000_001, 4_102_444_800_000, 9_007_199_254_740_991, -(10**15)]
    t.write("a.json", json.dumps(payload(t.rng, [event(t.rng, {"session_id": n, "timestamp": "2001-01-01T00:00:00Z"}, ms) for n, ms in enumerate(times)])))
    yield logs("a.json")


@case("logs", show=True)
def logs_broken_inputs(t):
    """cut and corrupt payloads, and documents that are none: one record each, the documents before them are kept"""
    def doc():
        return json.dumps(payload(t.rng, [event(t.rng, shop_message(t.rng)) for _ in range(5)]))

    packed = gz(doc())
    for n, at in enumerate([3, 12, len(packed) // 2, len(packed) - 8, len(packed) - 1]):
        t.write(f"in/cut-{n}.gz", packed[:at])
        t.write(f"in/cut-event-{n}.json", json.dumps(lambda_event(packed[:at])))
    wrong = bytearray(packed)
    wrong[-7] ^= 1
    t.write("in/checksum.gz", bytes(wrong))
    t.write("in/checksum-event.json", json.dumps(lambda_event(bytes(wrong))))
    t.write("in/base64.json", json.dumps({"awslogs": {"data": "%%% no base64 %%%"}}))
    t.write("in/zlib-event.json", json.dumps(lambda_event(zlib.compress(doc().encode()))))
    t.write("in/text-event.json", json.dumps(lambda_event(gz("no JSON"))))
    t.write("in/shape-event.json", json.dumps(lambda_event(gz('{"a":1}'))))
    for n, other in enumerate(['{"hello":"world"}', "[1,2,3]", '"text"', "42", "null", '{"awslogs":{}}', '{"logEvents":7}', '{"messageType":"DATA_MESSAGE"}', "{}"]):
        t.write(f"in/shape-{n}.json", (doc() + "\n" if n % 2 else "") + other)
    for n in range(4):
        whole = doc()
        t.write(f"in/end-{n}.json", (doc() + t.rng.choice(["", "\n"]) if n else "") + whole[: t.rng.randrange(1, len(whole))])
    t.write("in/wrong.json", doc() + doc().replace(":", "=", 1))
    t.write("in/text.txt", "no JSON at all")
    t.write("in/mark.json", "\ufeff" + doc())
    t.write("in/mixed.json", json.dumps(lambda_event(gz(doc()))) + doc() + json.dumps(lambda_event(packed[:30])) + doc())
    yield logs("in")


@case("logs")
def logs_payload_too_large(t):
    """a payload of more than 64 MiB is one record; its neighbours are kept"""
    small = json.dumps(payload(t.rng, [event(t.rng, shop_message(t.rng))]))
    bomb = gz(small[:-1] + " " * (65 * 2**20) + "}", 1)
    t.write("in/a.gz", bomb)
    t.write("in/b.json", json.dumps({"awslogs": {"data": base64.b64encode(bomb).decode()}}) + "\n" + small)
    yield logs("in")


def _actions(lake):
    rows = lake.rows("logs")
    names = sorted({r[2] for r in rows if r[2] is not None})
    return [[name, sum(r[2] == name for r in rows)] for name in names]


@case("logs", sql=[("SELECT action, count(*) FROM logs.events WHERE action IS NOT NULL GROUP BY action ORDER BY action", _actions)])
def logs_big(t):
    """20,000 events in one file of forty payloads"""
    docs = [json.dumps(payload(t.rng, [event(t.rng, shop_message(t.rng) if t.rng.random() < 0.9 else t.rng.choice(PLATFORM)) for _ in range(500)])) for _ in range(40)]
    t.write("a.gz", gz("".join(docs)))
    yield logs("a.gz")
