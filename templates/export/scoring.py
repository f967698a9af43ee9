"""Scores replies to a dataset made by vniah, as `vniah score` does under the letter rule `official`.

In: one item a reply, a dictionary of `sample_id`, `type`, `task`, `haystack`, `tries` (how many a sample has) and `right`
(1 or 0). Out: shares from 0 to 1. A sample is right only if all of its tries are; a type is the share of its samples, a
task the mean of its types, and the whole the mean of its tasks.
"""

import math
import string

# What tools write where a request has failed. Such a reply names no option, whatever letters it holds.
FAILED = (
    "[LMMS_EVAL_REQUEST_FAILED",
    "[LMMS_EVAL_BUDGET_EXCEEDED]",
    "Failed to obtain answer via API",
)


def letter(reply, options):
    """The letter that a reply names: the first of A, B, C, ... contained before its first full stop; "" for none.

    This is the rule of VNBench's scripts. It reads "Answer: C" as A; `vniah import` and `vniah score` read the same
    replies by a careful rule too.
    """
    if reply is None or reply.strip().startswith(FAILED):
        return ""
    before = reply.split(".")[0]
    return next((one for one in string.ascii_uppercase[: len(options)] if one in before), "")


def circular(items):
    """Share of samples that are right in every try: the mean over tasks of the mean over their types."""
    return _mean_of_tasks({key: _mean(samples.values()) for key, samples in _samples(items).items()})


def per_try(items):
    """Share of tries that are right: the mean over tasks of the mean over their types."""
    rights = {}
    for item in items:
        rights.setdefault((item["task"], item["type"]), []).append(item["right"])
    return _mean_of_tasks({key: _mean(values) for key, values in rights.items()})


def circular_stderr(items):
    """Standard error of `circular`, clustered by haystack: samples about one haystack vary together.

    Each sample's distance from the share of its type, with its weight in the mean, is summed within its haystack; the
    sums are taken as independent. Not a number where there is one haystack.
    """
    groups = _samples(items)
    haystacks = {item["sample_id"]: item["haystack"] for item in items}
    types_of = {}
    for task, kind in groups:
        types_of.setdefault(task, set()).add(kind)
    sums = dict.fromkeys(haystacks.values(), 0.0)
    for (task, _), samples in groups.items():
        share = _mean(samples.values())
        weight = 1.0 / (len(types_of) * len(types_of[task]) * len(samples))
        for sample, right in samples.items():
            sums[haystacks[sample]] += weight * (right - share)
    clusters = len(sums)
    if clusters < 2:
        return math.nan
    return math.sqrt(clusters / (clusters - 1) * sum(one * one for one in sums.values()))


def _samples(items):
    """Whether each sample is right in all of its tries, by task and type. A try that was not asked is not right."""
    tries = {}
    for item in items:
        group = tries.setdefault((item["task"], item["type"]), {})
        group.setdefault(item["sample_id"], []).append(item)
    return {
        key: {
            sample: int(len(rows) == rows[0]["tries"] and all(row["right"] for row in rows))
            for sample, rows in group.items()
        }
        for key, group in tries.items()
    }


def _mean_of_tasks(shares):
    tasks = {}
    for (task, _), share in shares.items():
        tasks.setdefault(task, []).append(share)
    return _mean(_mean(types) for types in tasks.values())


def _mean(values):
    values = list(values)
    return sum(values) / len(values)
