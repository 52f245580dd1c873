"""ABC tunes from scores.

Source: C. Walshaw et al., "The ABC Music standard 2.1", 2011.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from boya.files.conductor import signature_of
from boya.files.notation import TICKS_PER_UNIT, Bar, Sign, bars_of, grid_score, in_key, spelled, voices_of
from boya.score import Key, Score, Track
from boya.theory.chords import chord_name

__all__ = ["tune"]

_UNITS_PER_EIGHTH = 6
_BARS_PER_LINE = 4
_MODES = {"major": "", "minor": "m", "dorian": "dor", "phrygian": "phr", "lydian": "lyd", "mixolydian": "mix", "locrian": "loc"}
_FIFTHS_ABOVE = {"major": 0, "minor": 3, "dorian": 2, "phrygian": 4, "lydian": -1, "mixolydian": 1, "locrian": 5}
_MARKS = {-2: "__", -1: "_", 0: "=", 1: "^", 2: "^^"}
_SHARP_ORDER = "FCGDAEB"


def tune(score: Score) -> str:
    """Return a score as an ABC tune."""
    score = grid_score(score)
    bars = bars_of(score)
    line = score.timeline
    head = ["X:1", f"T:{_plain(score.title)}"]
    head += [f"C:{_plain(score.composer)}"] if score.composer else []
    head += [] if "metre" in line.assumed else [f"M:{line.metres[0].numerator}/{line.metres[0].denominator}"]
    head += ["L:1/8"]
    head += [] if "tempo" in line.assumed else [f"Q:1/4={_tempo(line.tempos[0].qpm)}"]
    head += [f"K:{_key_name(line.keys[0])}"]
    body: list[str] = []
    number = 0
    for track in score.tracks or (Track(),):
        for voice in voices_of(track, bars):
            number += 1
            body += _voice_head(track, number)
            body += _lines(score, bars, voice, is_first=number == 1)
    return "\n".join(head + body) + "\n"


def _plain(text: str) -> str:
    """A text that fits a field."""
    return " ".join("".join(c if c.isprintable() and c not in '%"\\' else " " for c in text).split())


def _tempo(qpm: float) -> str:
    """Quarters per minute; the standard knows whole numbers."""
    return str(max(1, round(qpm)))


def _key_name(key: Key) -> str:
    """Bb, F#m, Ddor."""
    fifth = signature_of(key)[0] + _FIFTHS_ABOVE[key.mode]
    alter = (fifth + 1) // 7
    return _SHARP_ORDER[(fifth + 1) % 7] + ("#" * alter if alter > 0 else "b" * -alter) + _MODES[key.mode]


def _voice_head(track: Track, number: int) -> list[str]:
    """The lines that begin a voice."""
    channel = ["%%MIDI channel 10"] if track.is_drum else []
    return [f'V:{number} name="{_plain(track.name)}"', *channel, f"%%MIDI program {track.program}"]


def _lines(score: Score, bars: Sequence[Bar], voice: Sequence[Sequence[Sign]], is_first: bool) -> Iterator[str]:
    """The bars of a voice, some per line; chord symbols and tempo changes stand in the first voice."""
    written = []
    for index, (bar, signs) in enumerate(zip(bars, voice, strict=True)):
        fields = _changes(score, bar, is_first) if index else _restated(score, is_first)
        chords = _chords(score, bar) if is_first else {}
        end = "|]" if index == len(bars) - 1 else "|"
        written.append(fields + _bar(signs, chords, score.timeline.key_at(bar.tick)) + end)
    for start in range(0, len(written), _BARS_PER_LINE):
        yield " ".join(written[start : start + _BARS_PER_LINE])


def _changes(score: Score, bar: Bar, is_first: bool) -> str:
    """Metre, key and tempo that begin in this bar, as inline fields at its head."""
    line, end = score.timeline, bar.end_tick
    metre = "".join(f"[M:{m.numerator}/{m.denominator}]" for m in line.metres if bar.tick <= m.tick < end)
    key = "".join(f"[K:{_key_name(k)}]" for k in line.keys if bar.tick <= k.tick < end)
    tempo = "".join(f"[Q:1/4={_tempo(t.qpm)}]" for t in line.tempos if bar.tick <= t.tick < end) if is_first else ""
    return metre + key + tempo


def _restated(score: Score, is_first: bool) -> str:
    """Metre and key a later voice begins with, where the voice before may have left others."""
    metre, key = score.timeline.metres, score.timeline.keys
    if is_first:
        return ""
    fields = f"[M:{metre[0].numerator}/{metre[0].denominator}]" if len(metre) > 1 else ""
    return fields + (f"[K:{_key_name(key[0])}]" if len(key) > 1 else "")


def _chords(score: Score, bar: Bar) -> dict[int, str]:
    """Chord symbols by the unit of the bar at which they begin."""
    inside = [c for c in score.chords if bar.tick <= c.onset < bar.end_tick]
    return {
        min(round((c.onset - bar.tick) / TICKS_PER_UNIT), bar.duration - 1): chord_name(c.root, c.quality, c.bass) for c in inside
    }


def _bar(signs: Sequence[Sign], chords: dict[int, str], key: Key) -> str:
    """The music of a bar."""
    sharps = signature_of(key)[0]
    touched: set[str] = set()
    out = []
    for sign in _cut(signs, sorted(chords)):
        symbol = f'"{chords[sign.onset]}"' if sign.onset in chords else ""
        notes = [_note(pitch, sharps, touched) for pitch in sign.pitches]
        body = "z" if not notes else notes[0] if len(notes) == 1 else f"[{''.join(notes)}]"
        out.append(symbol + body + _length(sign.duration) + ("-" if sign.is_tied_after else ""))
    return " ".join(out)


def _cut(signs: Sequence[Sign], places: Sequence[int]) -> Iterator[Sign]:
    """Signs, cut and tied where a chord symbol has to stand."""
    for sign in signs:
        rest = sign
        for place in places:
            if rest.onset < place < rest.onset + rest.duration:
                first = place - rest.onset
                yield replace(rest, duration=first, is_tied_after=bool(rest.pitches))
                rest = replace(rest, onset=place, duration=rest.duration - first, is_tied_before=bool(rest.pitches))
        yield rest


def _note(pitch: int, sharps: int, touched: set[str]) -> str:
    """A pitch; the accidental is written wherever key and bar leave a doubt."""
    letter, alter, octave = spelled(pitch, sharps)
    mark = ""
    if alter != in_key(letter, sharps) or letter in touched:
        mark = _MARKS[alter]
        touched.add(letter)
    if octave >= 5:
        return mark + letter.lower() + "'" * (octave - 5)
    return mark + letter + "," * (4 - octave)


def _length(units: int) -> str:
    """Units as a fraction of the eighth."""
    length = Fraction(units, _UNITS_PER_EIGHTH)
    if length == 1:
        return ""
    over = "" if length.denominator == 1 else f"/{length.denominator}"
    return (str(length.numerator) if length.numerator != 1 else "") + over
