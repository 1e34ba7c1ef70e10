"""Which changes a directory's job allows in later runs, and which stop an export.

A directory is of one tenant and one format. Each set in it has a job of its own, so that sets, folders and columns come
later, and the size of parts changes freely. Another choice of columns is another *schema version* of the set: parts that
were written before lack what came later, and readers see null there. What the rows are, and how values and files look,
stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, cast

from yarl import URL

from uipath_odata.errors import QueryError
from uipath_odata.export.privacy.fingerprint import is_same_key
from uipath_odata.odata.instant import Instant

__all__ = ["by_set", "continued", "has_folders", "what_stops"]

_OF_A_SET: Final = ("partition_by", "part_rows", "since", "raw_csv", "details", "privacy", "timestamps")
_KEPT: Final = (
    "operation",
    "filter",
    "order",
    "top",
    "skip",
    "since",
    "partition_by",
    "raw_csv",
    "delimiter",
    "replace_surrogates",
    "timestamps",
)
"""What makes the rows and files of a set what they are."""

_OF_COLUMNS: Final = ("columns", "privacy", "details")
_TEXTS: Final = frozenset({"text", "enum", "json"})
_EARLIER: Final = "columns_before"


def by_set(job: Mapping[str, Any]) -> dict[str, Any]:
    """Return a job with the facts of each set at the set: earlier releases wrote once what all sets had in common."""
    common = {name: job[name] for name in _OF_A_SET if name in job}
    if job["format"] == "parquet" and "partition_by" in job:
        common.setdefault("timestamps", "ns")  # the first release wrote these, and nothing about it
    rest = {name: value for name, value in job.items() if name not in _OF_A_SET}
    return {**rest, "sets": {name: {"schema": 1, **common, **facts} for name, facts in job["sets"].items()}}


def has_folders(facts: Mapping[str, Any]) -> bool:
    """Tell whether the rows of a set name their folder."""
    return any(column[0] == "_folder_id" for column in facts["columns"])


def what_stops(held: Mapping[str, Any], asked: Mapping[str, Any], *, one_file: bool = False) -> str | None:
    """Return why a directory with the job ``held`` cannot continue with ``asked``; None where it can.

    It says which property, what it was, what it is, and what to write instead. One file has one set of columns.
    """
    return next(_stops(by_set(held), asked, one_file), None)


def continued(held: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the job that a directory has from now on: what is asked, and the other sets as they were."""
    sets = by_set(held)["sets"]
    for name, facts in asked["sets"].items():
        sets[name] = _next(sets[name], facts) if name in sets else facts
    return {**asked, "sets": sets}


def _stops(held: Mapping[str, Any], asked: Mapping[str, Any], one_file: bool) -> Iterator[str]:
    if URL(held["url"]).path != URL(asked["url"]).path:
        yield _message("the tenant", "url", held["url"], asked["url"], "connect to the former, or")
    if held["format"] != asked["format"]:
        yield _message("all sets", "format", held["format"], asked["format"])
    if one_file and held["sets"].keys() != asked["sets"].keys():
        yield _message("the file", "the set", ", ".join(held["sets"]), ", ".join(asked["sets"]))
    for name, facts in asked["sets"].items():
        if name in held["sets"]:
            yield from _stops_set(name, held["sets"][name], facts, one_file)


def _stops_set(name: str, was: Mapping[str, Any], asked: Mapping[str, Any], one_file: bool) -> Iterator[str]:
    for each in _KEPT:
        old, new = _value(was, asked, each), asked.get(each)
        if old != new:
            yield _message(name, each, old, new)
    is_without = not was["headers"] and not has_folders(was)
    if is_without and (asked["headers"] or has_folders(asked)):
        yield _message(name, "the folder", "none", asked["headers"] or "one of several", "name none, or")
    if was["headers"] and asked["headers"] and was["headers"] != asked["headers"]:
        yield _message(name, "the folder", was["headers"], asked["headers"], "ask for the former, or")
    old_key, new_key = was["privacy"]["key"], asked["privacy"]["key"]
    if old_key and new_key and not is_same_key(old_key, new_key):
        advice = "set UIPATH_ODATA_HASH_KEY to the former key, or"
        yield _message(name, "the fingerprint of the hash key", old_key, new_key, advice)
    old_end, new_end = _value(was, asked, "until"), asked["until"]
    if one_file and (old_end, was["columns"], was["privacy"], was["details"]) != (
        new_end,
        asked["columns"],
        asked["privacy"],
        asked["details"],
    ):
        differing = next(
            (each for each in ("columns", "privacy", "details") if was[each] != asked[each]), "until"
        )
        yield _message(name, differing, was.get(differing), asked[differing], "ask for the former, or")
    if was["since"] and asked["mode"] != "replace" and _is_earlier(new_end, old_end):
        yield _message(name, "until", old_end, new_end)
    yield from _other_kinds(name, [*was["columns"], *was.get(_EARLIER, ())], asked["columns"])


def _value(was: Mapping[str, Any], asked: Mapping[str, Any], name: str) -> Any:
    """Return a fact as it was; earlier releases kept the question of a set in its URL alone."""
    if "filter" in was or name not in {"filter", "order", "top", "skip", "until"}:
        return was.get(name)
    then, now = (dict(URL(facts["url"]).query) for facts in (was, asked))
    option = {"filter": "$filter", "until": "$filter", "order": "$orderby", "top": "$top", "skip": "$skip"}[
        name
    ]
    return asked[name] if then.get(option) == now.get(option) else then.get(option)


def _is_earlier(new: str | None, old: str | None) -> bool:
    if new is None:
        return False
    try:
        return old is None or Instant.parse(new) < Instant.parse(old)
    except QueryError:  # of an earlier release, which kept a filter without an end
        return True


def _other_kinds(name: str, was: Sequence[Any], asked: Sequence[Any], above: str = "") -> Iterator[str]:
    """Find the columns of which one file would have texts and another numbers, which no reader takes."""
    for column in asked:
        for before in (each for each in was if each[0] == column[0]):
            place = f"the kind of column {above}{column[0]}"
            if before[1] != column[1] and not {before[1], column[1]} <= _TEXTS:
                yield _message(name, place, before[1], column[1], "leave that column out, or")
            elif before[1] == column[1] == "entity":
                yield from _other_kinds(name, before[2], column[2], f"{above}{column[0]}.")


def _message(name: str, what: str, old: object, new: object, advice: str | None = None) -> str:
    if what == "since" and new == "last":
        return (
            f"This place cannot be continued, {name} was exported to it {_former(old)}: replace what is here by "
            "overwrite=True, or name another place"
        )
    said = f"was {_said(old)} and is {_said(new)}"
    if advice is None:
        plain = ",".join(map(str, cast("list[object]", old))) if isinstance(old, list) else old
        advice = f"write {what}={plain!r}, or" if plain not in {None, "", False} else f"leave {what}= out, or"
    return f"This place cannot be continued, {what} of {name} {said}: {advice} name another place"


def _former(since: object) -> str:
    return "without since='last'" if since in (None, "") else f"with since={since!r}, not 'last'"


def _said(value: object) -> str:
    return "not given" if value in (None, "", False) or value == [] else repr(value)


def _next(was: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the job of a set from now on."""
    is_other = any(was[each] != asked[each] for each in _OF_COLUMNS)
    gone = [each for each in [*was["columns"], *was.get(_EARLIER, ())] if each not in asked["columns"]]
    facts = {
        **asked,
        "headers": asked["headers"] or was["headers"],
        "folders": {**was.get("folders", {}), **asked["folders"]},
        "schema": was["schema"] + is_other,
    }
    return {**facts, _EARLIER: gone} if gone else facts
