"""Wishes are checked at once; wrong ones get the nearest names, contradictions the pair."""

import pytest

from boya.composing.request import Request
from boya.errors import RequestError


def test_names_are_read_without_case_in_two_languages():
    request = Request(style="BOSSA nova", key="a minor", band={"Melody": "FLUTE", "bass": "贝斯", "pad": "无", "drums": "yes"})
    assert request.family.name == "latin"
    assert request.substyle.id == "BossaNova"
    assert request.tonic_and_mode == (9, "minor")
    assert request.players == {"melody": 73, "bass": 32, "pad": None, "drums": 0}


def test_equal_wishes_are_equal_values():
    first = Request(band={"bass": "tuba", "melody": "flute"})
    assert first == Request(band="melody=flute, bass=tuba") == Request(band=[("melody", "flute"), ("bass", "tuba")])
    assert hash(first) == hash(Request(band="melody=flute,bass=tuba"))


@pytest.mark.parametrize(
    ("wishes", "message"),
    [
        ({"style": "blus"}, "did you mean Blues|did you mean blues"),
        ({"style": ""}, "style must be text"),
        ({"style": 3}, "style must be text"),
        ({"key": "A minr"}, "did you mean minor"),
        ({"key": "H"}, "a key looks like"),
        ({"bars": 0}, "bars must be a whole number 1-512; got 0"),
        ({"bars": 513}, "got 513"),
        ({"bars": 4.0}, "whole number"),
        ({"bars": True}, "whole number"),
        ({"bars": "16"}, "whole number"),
        ({"qpm": 10}, "qpm must be a number 20-400"),
        ({"qpm": float("nan")}, "got nan"),
        ({"qpm": float("inf")}, "got inf"),
        ({"seed": -1}, "seed must be"),
        ({"seed": None}, "seed must be"),
        ({"seed": 2**70}, "seed must be"),
        ({"chords": "Am Q"}, "got 'Q'"),
        ({"chords": "C D E | F"}, "one or two chords"),
        ({"chords": "C || F"}, "one or two chords"),
        ({"chords": "|"}, "one or two chords"),
        ({"chords": ", ,"}, "chords must fill"),
        ({"chords": "C " * 600}, "got 600 bars"),
        ({"form": "A A ?"}, "known sections"),
        ({"form": "A vers"}, "did you mean verse"),
        ({"form": "A:0"}, "must be 1-512"),
        ({"form": "A:x"}, "must be 1-512"),
        ({"form": "A:512 B:512"}, "at most 512"),
        ({"scale": "pentatonc"}, "pentatonic"),
        ({"model": "gam"}, "did you mean gan"),
        ({"band": {"melodie": "flute"}}, "did you mean melody"),
        ({"band": {"melody": "flutte"}}, "Flute"),
        ({"band": {"melody": 128}}, "0-127"),
        ({"band": {"drums": "flute"}}, "drums must be yes or none"),
        ({"band": 5}, "band must map"),
        ({"band": [("melody", "flute"), ("melody", "oboe")]}, "each role once"),
        ({"band": "melody=none,chords=none,bass=none,pad=none,drums=none"}, "at least one role"),
    ],
)
def test_a_wrong_wish_is_refused(wishes, message):
    with pytest.raises(RequestError, match=message):
        Request(**wishes)


@pytest.mark.parametrize("style", ["waltz", "Viennese Waltz", "华尔兹", "jazz waltz"])
def test_music_in_three_is_refused_with_the_metre_the_models_write(style):
    with pytest.raises(RequestError, match=r"style and metre contradict each other.*gan and seq2seq write 4/4"):
        Request(style=style)


def test_another_metre_is_refused():
    with pytest.raises(RequestError, match="gan and seq2seq write 4/4; got '3/4'"):
        Request(metre="3/4")


@pytest.mark.parametrize(
    ("wishes", "pair"),
    [
        ({"form": "AABA", "bars": 3}, "form and bars"),
        ({"form": "A:8 B:8", "bars": 12}, "form and bars"),
        ({"chords": "C F G C", "bars": 2}, "chords and bars"),
        ({"key": "C major", "chords": "F# B C#"}, "key and chords"),
        ({"key": "C major", "scale": "phrygian"}, "key and scale"),
        ({"key": "A minor", "scale": "gong"}, "key and scale"),
        ({"band": {"bass": "piccolo"}}, "role bass and instrument Piccolo"),
    ],
)
def test_contradictory_wishes_are_named_as_a_pair(wishes, pair):
    with pytest.raises(RequestError, match=f"{pair} contradict each other"):
        Request(**wishes)


@pytest.mark.parametrize(
    "wishes",
    [
        {"key": "A minor", "chords": "Am F C E7"},
        {"key": "C", "chords": "C A7 D7 G7"},
        {"key": "C", "scale": "blues"},
        {"key": "A minor", "scale": "yu"},
        {"key": "F# minor", "chords": "i VI III VII"},
        {"form": "前奏 主歌 副歌 尾奏"},
        {"form": "A:8 B:8", "bars": 16},
        {"bars": 1, "qpm": 90, "seed": 2**62},
    ],
)
def test_wishes_that_agree_are_kept(wishes):
    assert all(getattr(Request(**wishes), name) == value for name, value in wishes.items())
