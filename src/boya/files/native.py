"""Boya's own JSON (`.json`): every part of a score, nothing lost.

One object: `format` ("boya-score"), `version` (1), texts, `timeline`, `chords`, `sections`, and `tracks` whose notes are four
columns of equal length. Integers are ticks and MIDI numbers; tempos are numbers in quarters per minute. Unknown fields, other
versions, columns of unequal length, NaN and numbers out of range are refused: a file that is read is a file that was understood.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from boya.errors import FormatError, LimitError
from boya.files.limits import Limits, check_tracks
from boya.files.sniff import looks_like
from boya.score import MAX_TICK, NOTE_DTYPE, Chord, Key, Metre, NoteArray, Score, Section, Tempo, Timeline, Track, note_array

__all__ = ["FORMAT", "VERSION", "decode", "encode"]

FORMAT = "boya-score"
VERSION = 1
_MAX_DEPTH = 16
_COLUMNS = ("onset", "duration", "pitch", "velocity")
_TEXTS = ("title", "composer", "licence")
_EVENTS = {
    "tempos": (Tempo, ("tick", "qpm")),
    "metres": (Metre, ("tick", "numerator", "denominator")),
    "keys": (Key, ("tick", "tonic", "mode")),
}


def decode(data: bytes, limits: Limits) -> Score:
    """Read a score from JSON.

    Raises
    ------
    FormatError
        if it is no JSON, another JSON, another version, or does not hold together.
    LimitError
        if it is too large.
    """
    fields = {"format", "version", "timeline", "tracks", "chords", "sections", "piece", *_TEXTS}  # "piece": how it was composed
    root = _object(_parsed(data), fields, "the file")
    if root.get("format") != FORMAT:
        raise FormatError(f"a Boya score says format {FORMAT!r}; this JSON says {str(root.get('format'))[:40]!r}")
    if root.get("version") != VERSION:
        raise FormatError(f"this Boya reads version {VERSION}; the file has {str(root.get('version'))[:40]!r}. Update Boya.")
    rows = _list(root.get("tracks"), "tracks")
    if len(rows) > limits.tracks:
        raise LimitError(f"a score may have {limits.tracks} tracks; it has {len(rows)}")
    tracks = tuple(_track(row) for row in rows)
    check_tracks(tracks, limits)
    title, composer, licence = (_text(root.get(name, ""), name) for name in _TEXTS)
    chords = tuple(_chord(row) for row in _list(root.get("chords"), "chords"))
    sections = tuple(_section(row) for row in _list(root.get("sections"), "sections"))
    if max([c.end for c in chords] + [s.end for s in sections], default=0) > limits.length:
        raise LimitError(f"a score may last {limits.length_quarter} quarters; a chord or section goes on")
    return Score(tracks, _timeline(root.get("timeline")), chords, sections, title, composer, licence)


def encode(score: Score) -> bytes:
    """Write a score as JSON, one line per part of it.

    Examples
    --------
    >>> encode(Score()).splitlines()[0]
    b'{"format":"boya-score","version":1,'
    """
    line = score.timeline
    timeline = {
        name: [[getattr(e, field) for field in fields] for e in getattr(line, name)] for name, (_, fields) in _EVENTS.items()
    }
    parts = [
        *(f"{_dumped(name)}:{_dumped(getattr(score, name))}" for name in _TEXTS),
        f'"timeline":{_dumped({**timeline, "assumed": sorted(line.assumed)})}',
        f'"chords":{_dumped([[c.onset, c.duration, c.root, c.quality, c.bass] for c in score.chords])}',
        f'"sections":{_dumped([[s.onset, s.duration, s.label] for s in score.sections])}',
        '"tracks":[\n' + ",\n".join(_dumped(_plain_track(track)) for track in score.tracks) + "]",
    ]
    return (f'{{"format":"{FORMAT}","version":{VERSION},\n' + ",\n".join(parts) + "}\n").encode()


def _dumped(value: Any) -> str:
    """Compact JSON."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def _plain_track(track: Track) -> dict[str, Any]:
    """A track as JSON values."""
    head = {"name": track.name, "program": track.program, "is_drum": track.is_drum, "role": track.role}
    return {**head, **{column: track.notes[column].tolist() for column in _COLUMNS}}


def _parsed(data: bytes) -> Any:
    """JSON values; nesting and numbers are checked before they cost anything."""
    try:
        text = data.decode("utf-8")
        if _depth(text) > _MAX_DEPTH:
            raise FormatError(f"a Boya score is nested at most {_MAX_DEPTH} deep; this JSON is deeper")
        return json.loads(text, parse_constant=_no_constant, parse_int=_small_int)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"a Boya score is JSON; this looks like {looks_like(data)}: {error}") from error


def _depth(text: str) -> int:
    """Deepest nesting of brackets outside of texts."""
    depth = deepest = 0
    for bracket in re.findall(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', text):
        if bracket in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif bracket in "]}":
            depth -= 1
    return deepest


def _no_constant(name: str) -> NoReturn:
    """NaN and Infinity are no JSON."""
    raise FormatError(f"numbers in a Boya score are finite; found {name}")


def _small_int(digits: str) -> int:
    """An integer that 64 bits hold."""
    if len(digits) > 19:
        raise FormatError(f"numbers in a Boya score have at most 19 digits; found {digits[:12]}...")
    return int(digits)


def _object(value: Any, allowed: set[str], what: str) -> Mapping[str, Any]:
    """A JSON object without unknown fields."""
    if not isinstance(value, dict):
        raise FormatError(f"{what} must be a JSON object; found {type(value).__name__}")
    unknown = sorted(set(value) - allowed)
    if unknown:
        raise FormatError(f"{what} holds fields this version does not know: {', '.join(unknown[:3])[:60]}")
    return value


def _list(value: Any, what: str) -> Sequence[Any]:
    """A JSON array."""
    if not isinstance(value, list):
        raise FormatError(f"{what} must be a JSON array; found {type(value).__name__}")
    return value


def _text(value: Any, what: str) -> str:
    """A JSON string."""
    if not isinstance(value, str):
        raise FormatError(f"{what} must be a text; found {type(value).__name__}")
    return value


def _row(value: Any, kinds: Sequence[type | tuple[type, ...]], what: str) -> Sequence[Any]:
    """A JSON array with values of these kinds; a truth value is no number."""
    row = _list(value, what)
    if len(row) != len(kinds) or any(isinstance(v, bool) or not isinstance(v, kind) for v, kind in zip(row, kinds, strict=True)):
        raise FormatError(f"{what} must hold rows of {len(kinds)} values of the right kinds; found {str(row)[:60]}")
    if any(isinstance(v, int) and abs(v) > MAX_TICK for v in row):
        raise FormatError(f"{what} must hold numbers up to {MAX_TICK}; found {str(row)[:60]}")
    return row


def _chord(value: Any) -> Chord:
    """A chord."""
    return Chord(*_row(value, (int, int, (int, type(None)), str, (int, type(None))), "chords"))


def _section(value: Any) -> Section:
    """A section."""
    onset, duration, label = _row(value, (int, int, str), "sections")
    if onset < 0 or duration <= 0:
        raise FormatError(f"a section needs onset >= 0 and duration > 0; found {onset}, {duration}")
    return Section(onset, duration, label)


def _timeline(value: Any) -> Timeline:
    """Tempo, metre, key, and which of them are assumed."""
    row = _object(value, {*_EVENTS, "assumed"}, "timeline")
    kinds = {"tempos": (int, (int, float)), "metres": (int, int, int), "keys": (int, int, str)}
    events = {
        name: tuple(made(*_row(event, kinds[name], name)) for event in _list(row.get(name), name))
        for name, (made, _) in _EVENTS.items()
    }
    assumed = [_text(name, "assumed") for name in _list(row.get("assumed"), "assumed")]
    if not set(assumed) <= {"tempo", "metre", "key"}:
        raise FormatError(f"assumed must name tempo, metre or key; found {str(assumed)[:60]}")
    tempos = tuple(Tempo(tempo.tick, float(tempo.qpm)) for tempo in events["tempos"])
    return Timeline(tempos, events["metres"], events["keys"], frozenset(assumed))


def _notes(columns: NDArray[np.int64]) -> NoteArray:
    """Columns `[shape=(4, n_notes)]` as notes; whatever would not fit is left to `note_array` to refuse."""
    if (columns < 0).any() or (columns[:2] > MAX_TICK).any() or (columns[2:] > 255).any():
        return note_array(tuple(row) for row in columns.T.tolist())
    notes: NoteArray = np.empty(columns.shape[1], dtype=NOTE_DTYPE)
    for name, column in zip(_COLUMNS, columns, strict=True):
        notes[name] = column
    return note_array(notes)


def _track(value: Any) -> Track:
    """A track with its columns."""
    row = _object(value, {"name", "program", "is_drum", "role", *_COLUMNS}, "a track")
    program, is_drum = row.get("program"), row.get("is_drum")
    if isinstance(program, bool) or not isinstance(program, int) or not isinstance(is_drum, bool):
        raise FormatError("a track has a program number and an is_drum truth value; this one has not")
    columns = [_list(row.get(name), name) for name in _COLUMNS]
    if len({len(column) for column in columns}) != 1:
        raise FormatError(f"the columns of a track have one length; found {[len(column) for column in columns]}")
    if any(type(number) is not int for column in columns for number in column):
        raise FormatError("the columns of a track hold whole numbers only; found something else")
    notes = _notes(np.array(columns, dtype=np.int64))
    return Track(notes, program, is_drum, _text(row.get("name"), "name"), _text(row.get("role"), "role"))
