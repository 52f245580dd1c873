"""Join pieces into works and give each its split: what a collection says is one work, and what sounds like one tune.

An arrangement shares the tune of its original on purpose. So versions of a tune are kept and
grouped; a group never crosses splits.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from boya.corpus.duplicates import Match, find_matches, group
from boya.corpus.fingerprint import Hashes
from boya.corpus.piece import Rejection
from boya.corpus.split import SHARES, group_splits

__all__ = ["settle"]


def settle(
    entries: Sequence[dict[str, Any]],
    prints: Sequence[Hashes],
    shares: Mapping[str, float] = SHARES,
    keep_duplicates: bool = True,
) -> dict[int, Rejection]:
    """Write `group` and `split` into the entries; return the pieces that must be left out, by index, with the reason.

    Parameters
    ----------
    entries
        manifest entries with id, source, path, work, notes and the split they came with (empty for none).
    prints
        a fingerprint per entry.
    shares
        share of each split for groups that come without one.
    keep_duplicates
        False leaves out all but the longest of the pieces of one source that are the same tune.
    """
    matches = find_matches(prints)
    links = [(m.first, m.second) for m in matches] + _same_work(entries)
    names = [entries[i]["work"] for i in group(len(entries), links).tolist()]
    faults: dict[int, Rejection] = {}
    if not keep_duplicates:
        faults.update(_repeats(entries, matches))
    splits = group_splits([e["split"] for e in entries], names, shares)
    held_out = {n: e["id"] for e, n, s in zip(entries, names, splits, strict=True) if s not in (None, "train")}
    for index, (entry, name, split) in enumerate(zip(entries, names, splits, strict=True)):
        if split is None:
            detail = f"{entry['split']}, but one work with {held_out[name]}"
            faults[index] = _rejection(entry, "work_in_two_splits", detail)
        else:
            entry["group"], entry["split"] = name, split
    return faults


def _same_work(entries: Sequence[Mapping[str, Any]]) -> list[tuple[int, int]]:
    """Link each piece with the first of its work."""
    first: dict[str, int] = {}
    return [(first.setdefault(e["work"], i), i) for i, e in enumerate(entries)]


def _repeats(entries: Sequence[Mapping[str, Any]], matches: Sequence[Match]) -> dict[int, Rejection]:
    """Of the same tunes in one source all but the longest."""
    links = [(m.first, m.second) for m in matches if entries[m.first]["source"] == entries[m.second]["source"]]
    longest: dict[int, int] = {}
    roots = group(len(entries), links).tolist()
    for index, root in enumerate(roots):
        best = longest.setdefault(root, index)
        if entries[index]["notes"] > entries[best]["notes"]:
            longest[root] = index
    found = ((i, longest[root]) for i, root in enumerate(roots) if longest[root] != i)
    return {i: _rejection(entries[i], "duplicate_music", f"same tune as {entries[best]['id']}") for i, best in found}


def _rejection(entry: Mapping[str, Any], reason: str, detail: str) -> Rejection:
    """A rejection of a piece that had been read."""
    return Rejection(entry["source"], entry["path"], reason, detail, entry["id"])
