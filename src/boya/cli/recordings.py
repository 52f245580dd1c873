"""The recordings of an index: what `boya index` does with sound files, and what `boya search --recording` answers."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from boya.listening.recordings import Fingerprint, Recordings, SameRecording

__all__ = ["identify", "in_words", "same_in_words", "tend"]


def tend(counts: dict[str, Any], folder: Path | None, name: str, forget: "Sequence[str]", check: bool, workers: int) -> None:
    """Add the sound files of a folder to an index, forget and check recordings; write what was done to `counts`."""
    from boya.listening.recordings import Recordings, has_recordings

    paths = _sound_files(folder, name, counts["rejected"]) if folder is not None else {}
    index = Path(counts["index"])
    if not paths and not has_recordings(index):
        return
    with Recordings(index, create=bool(paths)) as known:
        if folder is not None:
            _add(known, paths, counts, workers)
        if forget:
            counts["n_forgotten"] += known.remove(forget)
        if check:
            known.verify()
        counts["n_recordings"] = len(known)


def in_words(counts: dict[str, Any]) -> list[str]:
    """Return what was done with recordings as a person reads it."""
    if "n_recordings" not in counts:
        return []
    words = {"n_recordings_added": "added", "n_recordings_unchanged": "unchanged"}
    done = [f"{counts[name]} {word}" for name, word in words.items() if name in counts]
    return [f"{counts['index']}: {counts['n_recordings']} recordings" + (f" ({', '.join(done)})" if done else "")]


def identify(index: Path, clip: str, limit: int) -> dict[str, Any]:
    """Return which recordings of an index a sound file is from."""
    from boya.listening.recordings import clip_of, open_recordings

    with open_recordings(index) as known:
        found = known.find(clip_of(clip), limit=limit)
        return {"query": clip, "recordings": [describe(one) for one in found], "n_searched": len(known)}


def describe(found: "SameRecording") -> dict[str, Any]:
    """Return a recording that was found as plain values."""
    return {
        "recording": found.id,
        "at_second": found.at_second,
        "sure": found.sure,
        "n_landmarks": found.n_landmarks,
        "speed": found.speed,
        "length_second": found.length_second,
    }


def same_in_words(about: dict[str, Any]) -> str:
    """Return which recordings it is as a person reads it."""
    from boya.cli.talk import table

    if not about["recordings"]:
        return f"none of the recordings ({about['n_searched']} searched)"
    head: tuple[object, ...] = ("sure", "recording", "from")
    return table([head, *((f"{r['sure']:.0%}", r["recording"], clock(r["at_second"])) for r in about["recordings"])])


def clock(second: float) -> str:
    """Return a time as minutes and seconds.

    >>> clock(83.4), clock(-2)
    ('1:23.4', '-0:02.0')
    """
    tenths = round(abs(second) * 10)
    return f"{'-' * (second < 0 and tenths > 0)}{tenths // 600}:{tenths % 600 / 10:04.1f}"


def hear(item: tuple[str, Path]) -> "tuple[str, Fingerprint | None, str]":
    """Listen to one sound file; its id, what is kept of it, and why there is nothing."""
    from boya.errors import BoyaError
    from boya.listening.recordings import fingerprint_of

    id, path = item
    try:
        return id, fingerprint_of(path, id), ""
    except BoyaError as error:
        return id, None, str(error)


def _sound_files(place: Path, name: str, rejected: dict[str, str]) -> dict[str, Path]:
    """The sound files of a folder by id; those in archives are passed over."""
    from boya.corpus.archives import WalkLimits, walk
    from boya.corpus.sources.folder import open_folder
    from boya.listening.audio import HEARD_SUFFIXES

    if not place.is_dir():
        return {}
    begin, found = open_folder(place, name=name).name, {}
    hours = WalkLimits(file_bytes=1 << 40, total_bytes=1 << 50)
    for entry in walk(place, HEARD_SUFFIXES, limits=hours, has_data=False):
        if entry.refused:
            rejected[entry.path] = entry.refused
        else:
            found[f"{begin}/{entry.path}"] = place / entry.path
    return found


def _add(known: "Recordings", paths: dict[str, Path], counts: dict[str, Any], workers: int) -> None:
    """Add the sound files that are new or have changed; each is kept as soon as it was heard."""
    from boya.cli.talk import Meter
    from boya.corpus.mapping import map_items
    from boya.listening.recordings import checksum_of

    checksums = known.checksums()
    fresh = [(id, path) for id, path in paths.items() if not checksums.get(id) or checksums[id] != checksum_of(path)]
    counts |= {"n_recordings_added": 0, "n_recordings_unchanged": len(paths) - len(fresh)}
    with Meter("recordings") as meter:
        for number, (_, (id, fingerprint, why)) in enumerate(map_items(hear, fresh, workers=workers), start=1):
            if fingerprint is None:
                counts["rejected"][id] = why
            else:
                known.add(fingerprint)
                counts["n_recordings_added"] += 1
            meter.show(number, len(fresh), None)
