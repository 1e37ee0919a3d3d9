"""The project's own sample data, as the demo takes it, and the payloads of others where they are at hand."""

import shutil
from collections import Counter
from pathlib import Path

from cases import case
from cases.make import ga, logs

HERE = Path(__file__).resolve()
SEED_QUERY = """SELECT year, month, day, device, count(user_count) AS cnt FROM appflow_data.ga_sample
GROUP BY year, month, day, device ORDER BY cnt DESC, year, month, day, device LIMIT 10"""


def _seed_query(lake):
    counts = Counter((*r[:3], r[4]) for r in lake.rows("ga"))
    return [[*group, n] for group, n in sorted(counts.items(), key=lambda g: (-g[1], g[0]))[:10]]


@case("ga", "logs", sql=[(SEED_QUERY, _seed_query)])
def sample_data(t):
    """examples/data, with the seed's query"""
    shutil.copytree(HERE.parents[2] / "examples" / "data", t.root / "data")
    yield ga("data/ga/2026-01-05T06", at="2026-01-05T06:00:00Z")
    yield ga("data/ga/2026-01-04T06", at="2026-01-04T06:00:00Z")
    yield ga("data/ga4", at="2026-01-08T06:00:00Z")
    yield logs("data/logs")
    yield logs("data/logs")


@case("ga", "logs")
def samples_of_others(t):
    """the samples in ../shared/samples that are inputs of ours, and some that are not (skipped where there are none)"""
    samples = HERE.parents[3] / "shared" / "samples"
    names = ["appflow/ddk_google_analytics_ua_output.json"] + [
        f"{name}.json" for name in ("powertools-py/cloudWatchLogEvent", "powertools-py/cloudWatchLogEventWithPolicyLevel",
                                    "aws-lambda-go/cloudwatch-logs-event", "lambda-docs/cloudwatch-logs", "sumologic/cwl_testevent",
                                    "lambda-docs/sns-notification", "aws-lambda-go/sqs-event")
    ]  # fmt: skip
    here = [n for n in names if (samples / n).is_file()]
    for n in here:
        t.write(n, (samples / n).read_bytes())
    if names[0] in here:
        yield ga(names[0])
    if here[1:]:
        yield logs(*here[1:])
