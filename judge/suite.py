"""Runs the scenarios of `cases/` with the command line and judges each. `judge/run` starts it; see README.md."""

import argparse
import os
import shutil
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

from cases import REGISTRY
from cases.make import Tree
from expected import Lake
from judge import Cli, call_check, check_sql, judge


def parquet_state(folder):
    """Every Parquet file below the folder, as it stands."""
    found = {}
    for path, _, names in os.walk(folder):
        for name in names:
            if name.endswith(".parquet"):
                full = os.path.join(path, name)
                found[full] = os.stat(full).st_size, os.stat(full).st_mtime_ns
    return found


def one_call(cli, lake, call):
    """Yields the checks of a call: what it printed and, where there was nothing to do, that it wrote nothing."""
    name = f"(ingest {call.flow} {' '.join(call.paths)})"
    want = None if call.wrong else lake.ingest(call.flow, full_paths(cli, call), call.extracted_at)
    before = parquet_state(cli.cwd)
    code, printed, said = cli.ingest(call.flow, call.paths, call.extracted_at, call.extra)
    if call.code and code == call.code:
        code = 0
    yield f"call {name}", call_check(want, code, printed, said)
    if want is None or want["inputs"] == want["duplicateInputs"]:
        changed = set(before.items()) ^ set(parquet_state(cli.cwd).items())
        yield f"writes nothing {name}", f"Parquet files changed: {sorted(changed)[:3]}" if changed else None


def calls_at_once(cli, lake, calls):
    """Yields the checks of calls made at the same time: that each is done and counts its records."""
    for call in calls:
        lake.ingest(call.flow, full_paths(cli, call), call.extracted_at)
    wanted = lake.printed[-len(calls) :]
    with ThreadPoolExecutor(len(calls)) as pool:
        done = list(pool.map(lambda c: cli.ingest(c.flow, c.paths, c.extracted_at, c.extra), calls))
    for call, want, (code, printed, said) in zip(calls, wanted, done, strict=True):
        problem = None if code == 0 and printed and printed["records"] == want["records"] else f"exit code {code}: {said}"
        yield f"call at once (ingest {call.flow} {' '.join(call.paths)})", problem


def full_paths(cli, call):
    return [os.path.normpath(os.path.join(cli.cwd, p)) for p in call.paths]


def run(name, given):
    """(name, seconds, [(check, difference or None)], folder)"""
    case, started = REGISTRY[name], time.monotonic()
    root = tempfile.mkdtemp(prefix=f"judge-{name}-")
    tree, lake, checks = Tree(root, f"{given.seed}:{name}"), Lake(), []
    cli = Cli(given.cli, "lake", root)
    try:
        for calls in case["make"](tree):
            checks.extend(calls_at_once(cli, lake, calls) if isinstance(calls, list) else one_call(cli, lake, calls))
        checks.extend(judge(cli, lake, case["flows"], case["show"]))
        for n, (sql, rows) in enumerate(case["sql"], 1):
            checks.append((f"own query {n}", check_sql(cli, sql, rows(lake))))
    except Exception as e:  # the judge itself stumbled: that is a failure to be seen, not one to end the run
        checks.append(("judge", f"{type(e).__name__}: {e}"))
    return name, time.monotonic() - started, checks, root


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--cli", default="npx tributary", help="how the command line is started")
    options.add_argument("--seed", default="1", help="another seed makes other files")
    options.add_argument("--only", action="append", help="a scenario's name, or the start of one; may be repeated")
    options.add_argument("--keep", action="store_true", help="keep the folders of all scenarios, not only of failed ones")
    options.add_argument("--jobs", type=int, default=2)
    given = options.parse_args()
    names = [n for n in REGISTRY if not given.only or any(n.startswith(o) for o in given.only)]
    failed = 0
    with ThreadPoolExecutor(given.jobs) as pool:
        for name, seconds, checks, root in pool.map(lambda n: run(n, given), names):
            problems = [(c, p) for c, p in checks if p is not None]
            failed += bool(problems)
            print(f"{'FAIL' if problems else 'ok  '}  {name}: {REGISTRY[name]['shows']} ({len(checks)} checks, {seconds:.1f} s)")
            for check, problem in problems:
                print(f"      {check}: {problem}"[:1500])
            if problems or given.keep:
                print(f"      files and lake: {root}", flush=True)
            else:
                shutil.rmtree(root, ignore_errors=True)
    print(f"{len(names) - failed} passed, {failed} failed")
    sys.exit(1 if failed or not names else 0)


if __name__ == "__main__":
    main()
