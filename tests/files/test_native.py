"""Boya's own JSON: what does not hold together is refused."""

import json
from typing import Any

import pytest

from boya import files
from boya.errors import FormatError, LimitError
from boya.score import Chord, Score, Section, Track, note_array

SCORE = Score(
    (Track(note_array([(0, 480, 60, 80), (480, 480, 62, 80)]), 40, name="伯牙"),),
    chords=(Chord(0, 960, 0),),
    sections=(Section(0, 960, "A"),),
)


def changed(*path: Any, to: Any) -> bytes:
    """The file of SCORE with one value replaced."""
    root = json.loads(files.write_bytes(SCORE, ".json"))
    place = root
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return json.dumps(root).encode()


def test_the_file_is_stable_and_plain() -> None:
    data = files.write_bytes(SCORE, ".json")
    assert json.loads(data)["tracks"][0]["pitch"] == [60, 62]
    assert data.isascii()


@pytest.mark.parametrize(
    ("path", "to", "message"),
    [
        (("version",), 2, "Update Boya"),
        (("version",), None, "version 1"),
        (("format",), "other", "format"),
        (("extra",), 1, "does not know: extra"),
        (("tracks",), {}, "must be a JSON array"),
        (("tracks", 0), [], "must be a JSON object"),
        (("tracks", 0, "pitch"), [60], "one length"),
        (("tracks", 0, "pitch"), [60, 128], "pitch must be"),
        (("tracks", 0, "pitch"), [60, -1], "pitch must be"),
        (("tracks", 0, "pitch"), [60, 1.5], "whole numbers"),
        (("tracks", 0, "pitch"), [60, True], "whole numbers"),
        (("tracks", 0, "pitch"), [60, None], "whole numbers"),
        (("tracks", 0, "pitch"), "60", "must be a JSON array"),
        (("tracks", 0, "duration"), [0, 1], "duration must be"),
        (("tracks", 0, "onset"), [0, 10**30], "19 digits"),
        (("tracks", 0, "onset"), [0, 10**10 - 1], "onset must be"),
        (("tracks", 0, "onset"), [0, float("nan")], "finite"),
        (("tracks", 0, "program"), 200, "program must be"),
        (("tracks", 0, "program"), True, "program number"),
        (("tracks", 0, "is_drum"), 1, "truth value"),
        (("tracks", 0, "name"), 5, "must be a text"),
        (("tracks", 0, "role"), "solo", "role must be"),
        (("timeline",), None, "must be a JSON object"),
        (("timeline", "tempos"), [], "must start at tick 0"),
        (("timeline", "tempos"), [[0, 120], [0, 130]], "strictly sorted"),
        (("timeline", "tempos"), [[0, 1e308]], "tempo must be"),
        (("timeline", "tempos"), [[0, float("inf")]], "finite"),
        (("timeline", "metres"), [[0, 4, 3]], "metre must"),
        (("timeline", "keys"), [[0, 0, "happy"]], "mode must be"),
        (("timeline", "assumed"), ["mood"], "assumed must"),
        (("chords",), [[0, 960, 12, "maj", None]], "pitch class"),
        (("chords",), [[0, 960, 0, "maj"]], "rows of 5"),
        (("chords",), [[0, 0, 0, "maj", None]], "duration > 0"),
        (("sections",), [[-1, 1, "A"]], "onset >= 0"),
        (("title",), ["x"], "must be a text"),
    ],
)
def test_what_does_not_hold_together_is_refused(path: tuple[Any, ...], to: Any, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        files.read_bytes(changed(*path, to=to), ".json")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"[" * 100_000, "nested"),
        (b'{"a":' * 100_000, "nested"),
        (b"{}", "format"),
        (b"[]", "JSON object"),
        (b"null", "JSON object"),
        (b"\xff\xfe{}", "JSON"),
        (b'{"format":"boya-score"', "JSON"),
        (b'{"format":"boya-score","version":' + b"9" * 5000 + b"}", "19 digits"),
    ],
)
def test_other_json_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        files.read_bytes(data, ".json")


def test_a_chord_beyond_the_limit_is_refused() -> None:
    with pytest.raises(LimitError, match="goes on"):
        files.read_bytes(changed("chords", to=[[0, 2**31 - 1, 0, "maj", None]]), ".json")
