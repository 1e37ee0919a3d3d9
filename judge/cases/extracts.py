"""Which extract a date shows, whatever the order in which they came."""

import os

from cases import case
from cases.make import EPOCH, day, document, ga, gz, hours, lines, report


def rows_for(t, days, count=12):
    """Rows of which every day has one, so that the extract holds every day."""
    return [(d + "00", "mobile", t.rng.randrange(900)) for d in days] + hours(t.rng, days, count)


def snapshot(t, path, days, **more):
    """A file of an extract that holds the days: pages or lines."""
    rows = rows_for(t, days)
    form = t.rng.randrange(3)
    if form == 0:
        return t.write(path + ".json", document(t.rng, report(t.rng, rows, 1)), **more)
    if form == 1:
        return t.write(path + ".jsonl.gz", gz(lines(t.rng, rows)), **more)
    return t.write(path + ".jsonl", lines(t.rng, rows), **more)


@case("ga")
def restated_in_any_order(t):
    """six extracts of overlapping dates, ingested in a random order by --extracted-at, then some again"""
    names = []
    for n in range(6):
        first = t.rng.randrange(5)
        days = [day(d) for d in range(first, first + t.rng.randint(1, 3))]
        names.append((f"e{n}", f"2026-02-0{n + 1}T0{t.rng.randrange(10)}:00:00Z"))
        for part in range(t.rng.randint(1, 3)):
            snapshot(t, f"e{n}/{part}", days)
    t.rng.shuffle(names)
    for name, at in [*names, names[2]]:
        yield ga(name, at=at)


@case("ga")
def own_extracts_by_file_time(t):
    """files without a UUID are extracts of their own; the one that was modified last wins its dates"""
    times = [EPOCH + 3600 * n for n in range(8)]
    t.rng.shuffle(times)
    for n, time in enumerate(times):
        snapshot(t, f"in/{n}", [day(t.rng.randrange(4)), day(t.rng.randrange(4))], mtime=time)
    yield ga("in")
    snapshot(t, "more/old", [day(0), day(1), day(7)], mtime=EPOCH - 86_400)
    snapshot(t, "more/new", [day(2)], mtime=EPOCH + 864_000)
    yield ga("more/")
    yield ga("in", "more")


@case("ga")
def runs_by_folder(t):
    """AppFlow's folders: the files of one execution id are one extract, of the time of its newest file"""
    for _ in range(4):
        folder, base = t.run_folder(t.uuid()), EPOCH + t.rng.randrange(10**6)
        for part in range(t.rng.randint(2, 3)):
            days = [day(t.rng.randrange(5)), day(t.rng.randrange(5))]
            snapshot(t, f"in/{folder}/deviceCategory=mobile/{part}", days, mtime=base + 1000 * part)
    yield ga("in")
    yield ga("in")


@case("ga")
def runs_by_file_name(t):
    """the execution id in the files' names; of two in one path the first counts"""
    one, two, other = t.uuid(), t.uuid(), t.uuid()
    times = dict(zip([one, two, other], t.rng.sample(range(EPOCH, EPOCH + 10**6, 60), 3), strict=True))
    for uuid in (one, two):
        for part in range(3):
            snapshot(t, f"in/x/{part}-{uuid}-{part}", [day(part), day(part + 1)], mtime=times[uuid] + part)
    snapshot(t, f"in/y/{one}/page-{two}", [day(1), day(2)], mtime=times[one])
    snapshot(t, f"in/y/{other}/page-{two}", [day(2), day(3), day(5)], mtime=times[other])
    yield ga("in/y", "in/x")


@case("ga")
def runs_of_one_time(t):
    """ties go to the larger id"""
    uuids = [t.uuid() for _ in range(4)]
    for uuid in uuids:
        snapshot(t, f"in/{t.run_folder(uuid)}/1", [day(0), day(1), day(t.rng.randrange(2, 5))], mtime=EPOCH)
    paths = [d for d, _, files in os.walk(t.root / "in") if files]
    t.rng.shuffle(paths)
    yield ga(os.path.relpath(paths[0], t.root))
    yield ga("in")


@case("ga")
def late_files(t):
    """files that come after their run was published: they join it, whether it shows or was superseded"""
    old, new = t.run_folder(t.uuid()), t.run_folder(t.uuid())
    snapshot(t, f"in/{old}/1", [day(0), day(1), day(2)], mtime=EPOCH)
    yield ga("in")
    snapshot(t, f"in/{new}/1", [day(1), day(2), day(3)], mtime=EPOCH + 5000)
    yield ga("in")
    snapshot(t, f"in/{old}/2", [day(0), day(1), day(4)], mtime=EPOCH + 10)
    snapshot(t, f"in/{new}/2", [day(2), day(3), day(5)], mtime=EPOCH + 5010)
    yield ga("in")


@case("ga")
def late_file_makes_its_run_newest(t):
    """a file that comes late and is newer than the run that had superseded its own: all of its run is newest then"""
    old, new = t.run_folder(t.uuid()), t.run_folder(t.uuid())
    snapshot(t, f"in/{old}/1", [day(0), day(1), day(2)], mtime=EPOCH)
    snapshot(t, f"in/{new}/1", [day(1), day(2), day(3)], mtime=EPOCH + 5000)
    yield ga("in")
    snapshot(t, f"in/{old}/2", [day(0), day(1), day(4)], mtime=EPOCH + 9000)
    yield ga("in")


@case("ga")
def one_time_in_two_calls(t):
    """calls that name one time add to one extract, however the time is written; UUIDs do not count then"""
    snapshot(t, f"a/{t.run_folder(t.uuid())}/1", [day(0), day(1)])
    snapshot(t, f"a/{t.run_folder(t.uuid())}/1", [day(1), day(2)])
    snapshot(t, "b/1", [day(1), day(3)])
    snapshot(t, "c/1", [day(0), day(3)])
    yield ga("a", at="2026-02-05T06:00:00Z")
    yield ga("c", at="2026-02-05T05:59:59Z")
    yield ga("b", at="2026-02-05T06:00:00.000Z")
    yield ga("a", at="2026-02-05T08:00:00+02:00")


@case("ga")
def file_times_and_given_times(t):
    """extracts with a given time beside extracts with their files' time"""
    snapshot(t, "a/1", [day(0), day(1), day(2)], mtime=EPOCH + 50_000)
    snapshot(t, f"b/{t.run_folder(t.uuid())}/1", [day(1), day(2), day(3)], mtime=EPOCH + 90_000)
    snapshot(t, "c/1", [day(0), day(2), day(3)])
    snapshot(t, "d/1", [day(0), day(4)])
    yield ga("a", "b")
    yield ga("c", at="2026-02-02T21:00:00Z")  # EPOCH is 2026-02-02T02:40:00Z: between a and b
    yield ga("d", at="2025-01-01T00:00:00Z")


@case("ga")
def same_file_again(t):
    """the same bytes under another name are a duplicate; with another --extracted-at they are not"""
    text = lines(t.rng, rows_for(t, [day(0), day(1)]))
    t.write("in/a.jsonl", text)
    t.write("in/b.jsonl", text)
    t.write("c.jsonl", text)
    t.write("in/d.jsonl.gz", gz(text))  # other bytes: another input
    yield ga("in")
    yield ga("c.jsonl", "in/a.jsonl")
    yield ga("c.jsonl", at="2026-03-01T00:00:00Z")
    yield ga("in/b.jsonl", at="2026-03-01T00:00:00Z")
    yield ga("c.jsonl", at="2026-03-02T00:00:00Z")
    yield ga("c.jsonl", at="2025-03-02T00:00:00Z")


@case("ga")
def date_with_only_bad_rows(t):
    """an extract whose rows of a date are all quarantined does not replace that date"""
    t.write("a.jsonl", lines(t.rng, rows_for(t, [day(0), day(1)])))
    t.write("b.jsonl", lines(t.rng, [*rows_for(t, [day(1)]), (day(0) + "05", "mobile", "many"), (day(0) + "24", "mobile", 5)]))
    t.write("c.json", document(t.rng, report(t.rng, [], totals=1)))
    yield ga("a.jsonl", at="2026-02-01T00:00:00Z")
    yield ga("b.jsonl", "c.json", at="2026-02-02T00:00:00Z")


@case("ga")
def many_dates(t):
    """40 dates in one extract, of several years, then half of them again"""
    days = [f"{y}{m:02}{d:02}" for y in (1999, 2024, 2026, 2031) for m in (1, 2, 10, 12) for d in (1, 9, 28)][:40]
    t.write("a.jsonl", lines(t.rng, rows_for(t, days, 200)))
    t.write("b.jsonl", lines(t.rng, rows_for(t, days[::2], 200)))
    yield ga("a.jsonl", at="2026-02-01T00:00:00Z")
    yield ga("b.jsonl", at="2026-02-02T00:00:00Z")
