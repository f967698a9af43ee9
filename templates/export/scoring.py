"""Scores replies to a dataset made by vniah, as `vniah score` does under the letter rule `official`.

In: one item a reply, a dictionary of `sample_id`, `type`, `task`, `haystack`, `tries` (how many a sample has) and `right`
(1 or 0); of an open question `value` (0 to 1) in place of the last two. Out: shares from 0 to 1. A sample is right only if
all of its tries are; a type is the share of its samples, a task the mean of its types, and the whole the mean of its tasks.

Replies to open questions are read by simple rules, as other harnesses have them; `vniah import` and `vniah score` read the
same replies with care: corrections, doubts, number words, hours, frames.
"""

import math
import re
import string
from decimal import Decimal

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


_TIME = r"(?:\d+:)?(?:\d+:)?\d+(?:\.\d+)?"
_UNIT = r"\s*(?:s\b|secs?\b|seconds?\b|秒)?"
_PAIR = re.compile(rf"({_TIME}){_UNIT}(?:\s|-|–|—|~|to\b|until\b|and\b|,|至|到|</?\w+>)+({_TIME})", re.IGNORECASE)


def _millis(text):
    seconds = Decimal(0)
    for part in text.split(":"):
        seconds = seconds * 60 + Decimal(part)
    return int((seconds * 1000).to_integral_value(rounding="ROUND_HALF_UP"))


def spans(reply, several=False):
    """The spans that a reply names, pairs of milliseconds: all pairs "a - b", or the last one unless `several` are asked for.

    None where there is no pair, or one that ends before it starts.
    """
    if reply is None or reply.strip().startswith(FAILED):
        return None
    pairs = [(_millis(start), _millis(end)) for start, end in _PAIR.findall(reply)]
    pairs = pairs if several else pairs[-1:]
    if not pairs or any(end < start for start, end in pairs):
        return None
    return sorted(set(pairs))


def _union(pairs):
    merged = []
    for start, end in sorted(pairs):
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    return merged


def overlap(one, other):
    """Milliseconds that two answers share, and that either covers; an answer counts its times once."""
    one, other = _union(one), _union(other)
    both = sum(max(0, min(a[1], b[1]) - max(a[0], b[0])) for a in one for b in other)
    return both, sum(end - start for start, end in one + other) - both


def named(reply, vocabulary):
    """Labels of a vocabulary that a reply names, by any of their names, in the order in which they are first named."""
    names = {name.casefold(): labels[0] for labels in vocabulary for name in reversed(labels)}
    if reply is None or reply.strip().startswith(FAILED) or not names:
        return []
    longest_first = sorted(map(re.escape, names), key=len, reverse=True)
    found = re.findall(rf"(?<![A-Za-z0-9])(?:{'|'.join(longest_first)})(?![A-Za-z0-9])", reply.casefold())
    return list(dict.fromkeys(names[name] for name in found))


_PART = r"(\d+(?:\.\d+)?|\.\d+)\s*(%?)"
_IN_TAG = re.compile(r'<points?\s[^<>]*?\bx1?\s*=\s*"([\d.]+)%?"[^<>]*?\by1?\s*=\s*"([\d.]+)%?"', re.IGNORECASE)
_BY_TAG = re.compile(r"<(?:point|box)>[\s(\[]*(\d+)[\s,]+(\d+)[\s)\]]*</", re.IGNORECASE)
_BY_AXES = re.compile(rf"\bx\W{{1,5}}{_PART}[\s,;]*(?:and\s)?\W{{0,3}}y\W{{1,5}}{_PART}", re.IGNORECASE)
_IN_ORDER = re.compile(rf"(?<![\d.-]){_PART}((?:\s*[,;，、]\s*{_PART})+)")


def point(reply):
    """The last point that a reply names, in millionths of the picture's width and height.

    Fractions and percent are read; whole numbers in `<point>` and `<box>` are thousandths, and attributes x and y percent.
    None where there is no point, or one that is outside the picture.
    """
    if reply is None or reply.strip().startswith(FAILED):
        return None
    for tag, scale in ((_IN_TAG, 100), (_BY_TAG, 1000)):
        found = tag.findall(reply)
        if found:
            # What may be a fraction, too, has no scale that can be told.
            known = any(Decimal(part) > 1 for part in found[-1]) or not any(Decimal(part) for part in found[-1])
            return _millionths(Decimal(part) / scale for part in found[-1]) if known else None
    found = _BY_AXES.findall(reply)
    if not found:
        # Four numbers in a row are a box, and of three no two are a point.
        rows = [re.findall(_PART, row[0]) for row in re.finditer(_IN_ORDER, reply)]
        found = [(*row[0], *row[1]) for row in rows if len(row) == 2]
    if not found:
        return None
    x, x_sign, y, y_sign = found[-1]
    return _millionths(Decimal(part) / (100 if sign else 1) for part, sign in ((x, x_sign), (y, y_sign)))


def _millionths(parts):
    parts = [int(part * 1000000) for part in parts]
    return parts if all(part <= 1000000 for part in parts) else None


def is_within(spot, answer):
    """Whether a point lies in a part of the picture, `x 0 - 0.5, y 0.5 - 1`: from the first number up to, and without, the second."""
    ranges = [[int(Decimal(end) * 1000000) for end in part[2:].split(" - ")] for part in answer.split(", ")]
    return all(start <= at < end or at == end == 1000000 for at, (start, end) in zip(spot, ranges))


def _read(kind, reply, vocabulary):
    """What a reply answers, as `answer` writes it; of points as `(0.25, 0.75)`; "" for what cannot be read."""
    if kind == "point":
        spot = point(reply)
        return f"({', '.join(format(Decimal(part) / 1000000, 'f') for part in spot)})" if spot else ""
    if kind == "number":
        failed = reply is None or reply.strip().startswith(FAILED)
        found = [] if failed else re.findall(r"\d+(?:\.\d+)?", reply)
        numbers = {format(Decimal(text).normalize(), "f") for text in found}
        return numbers.pop() if len(numbers) == 1 else ""
    labels = named(reply, vocabulary)
    return "" if kind == "label" and len(labels) != 1 else ", ".join(labels)


def open_metrics(item, row, reply):
    """The account of a reply to an open question, `item` with a `value`, for each metric that it counts in."""
    kind, answer, own = row["answer_kind"], row["answer"], f"open_{row['type']}"
    if kind == "spans":
        truth = spans(answer, several=True) or []
        found = spans(reply, several=row["difficulty"]["count"] not in ("", "1"))
        both, either = overlap(found or [], truth)
        share = both / either if either else 0.0
        read = ", ".join(f"{start / 1000:.3f} - {end / 1000:.3f}" for start, end in found or [])
        values = {"mIoU": share, own: share}
        values |= {f"IOU@{tenths}": float(either > 0 and both * 10 >= either * tenths) for tenths in (3, 5, 7)}
        main = "mIoU"
    else:
        read = _read(kind, reply, row.get("vocabulary") or [])
        as_set = sorted if kind == "set" else list
        if kind == "point":
            right = float(read != "" and is_within(point(reply), answer))
        else:
            right = float(read != "" and as_set(read.split(", ")) == as_set(answer.split(", ")))
        values, main = {"exact": right, own: right}, "exact"
    values["parse_fail"] = float(read == "")
    item = {**item, "read": read}
    # lmms-eval takes its own standard errors of `hit`, by `video`.
    return {name: {**item, "value": value} | ({"hit": value} if name == main else {}) for name, value in values.items()}


def mean_value(items):
    """The mean of `value`: the mean over tasks of the mean over their types."""
    values = {}
    for item in items:
        values.setdefault((item["task"], item["type"]), []).append(item["value"])
    return _mean_of_tasks({key: _mean(own) for key, own in values.items()})


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
