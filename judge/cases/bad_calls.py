"""Calls that are refused (exit code 2) and leave nothing behind."""

from cases import case
from cases.make import day, ga, gz, hours, lines, logs


@case("ga", "logs")
def wrong_calls(t):
    """a missing path, an empty folder, a flow that does not exist, a time that is none, a flag that does not exist"""
    t.write("a.jsonl", lines(t.rng, hours(t.rng, [day(0)], 5)))
    t.write("b.jsonl", lines(t.rng, hours(t.rng, [day(1)], 5)) + "garbage\n")
    (t.root / "empty" / "folder").mkdir(parents=True)
    yield ga("a.jsonl", "missing.jsonl", wrong=True)
    yield ga("a.jsonl", "empty", wrong=True)
    yield logs("empty", wrong=True)
    yield ga("a.jsonl", at="yesterday", wrong=True)
    yield ga("a.jsonl", extra=("--no-such-flag",), wrong=True)
    yield ga("b.jsonl")


@case("ga")
def strict(t):
    """--strict exits 1 when something was quarantined, and has done the work all the same"""
    t.write("a.jsonl.gz", gz(lines(t.rng, hours(t.rng, [day(0)], 5)) + "garbage\n"))
    t.write("b.jsonl", lines(t.rng, hours(t.rng, [day(1)], 5)))
    yield ga("a.jsonl.gz", extra=("--strict",), code=1)
    yield ga("b.jsonl")
