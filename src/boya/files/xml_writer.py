"""MusicXML 4.0 documents from scores.

Source: W3C Music Notation Community Group, "MusicXML 4.0", 2021.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from boya.files.conductor import signature_of
from boya.files.notation import TICKS_PER_UNIT, UNITS_PER_QUARTER, Bar, Sign, bars_of, grid_score, spelled, voices_of
from boya.files.xml_looks import Shown, accidental, add_looks, beams
from boya.score import Chord, Score, Track
from boya.theory.chords import chord_name, qualities, quality_degrees

__all__ = ["document"]

_BASS_CLEF_BELOW = 57
_DOCTYPE = (
    b'<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" "http://www.musicxml.org/dtds/partwise.dtd">'
)


@dataclass(frozen=True)
class _Look:
    """How a sign is shown: key signature, number of the drum part or 0, accidentals of the bar so far, beams."""

    sharps: int
    drums: int
    shown: Shown
    beam: Sequence[str]


def document(score: Score) -> bytes:
    """Return a score as a MusicXML document, UTF-8."""
    score = grid_score(score)
    root = Element("score-partwise", version="4.0")
    _heading(root, score)
    tracks = score.tracks or (Track(),)
    part_list = SubElement(root, "part-list")
    bars = bars_of(score)
    for number, track in enumerate(tracks, start=1):
        _score_part(part_list, track, number)
    for number, track in enumerate(tracks, start=1):
        part = SubElement(root, "part", id=f"P{number}")
        _measures(part, score, track, bars, number)
    indent(root, " ")
    text: bytes = tostring(root, encoding="UTF-8", xml_declaration=True)
    head, _, body = text.partition(b"\n")
    return head + b"\n" + _DOCTYPE + b"\n" + body + b"\n"


def _leaf(parent: Element, tag: str, text: object) -> Element:
    """A child with a text."""
    child = SubElement(parent, tag)
    child.text = "".join(c for c in str(text) if c.isprintable() and not 0xD800 <= ord(c) <= 0xDFFF)
    return child


def _heading(root: Element, score: Score) -> None:
    """Title, composer, rights."""
    if score.title:
        _leaf(SubElement(root, "work"), "work-title", score.title)
    if score.composer or score.licence:
        about = SubElement(root, "identification")
        if score.composer:
            _leaf(about, "creator", score.composer).set("type", "composer")
        if score.licence:
            _leaf(about, "rights", score.licence)


def _score_part(part_list: Element, track: Track, number: int) -> None:
    """A line of the part list: name and General MIDI sounds."""
    part = SubElement(part_list, "score-part", id=f"P{number}")
    _leaf(part, "part-name", track.name)
    keys = sorted(set(track.notes["pitch"].tolist())) if track.is_drum else [None]
    for key in keys:
        _leaf(SubElement(part, "score-instrument", id=_instrument(number, key)), "instrument-name", track.name or "Instrument")
    for key in keys:
        midi = SubElement(part, "midi-instrument", id=_instrument(number, key))
        _leaf(midi, "midi-channel", 10 if track.is_drum else (number - 1) % 15 + 1 + ((number - 1) % 15 >= 9))
        _leaf(midi, "midi-program", track.program + 1)
        if key is not None:
            _leaf(midi, "midi-unpitched", key + 1)


def _instrument(number: int, key: int | None) -> str:
    """Name of an instrument within the document."""
    return f"P{number}-I{1 if key is None else key + 1}"


def _measures(part: Element, score: Score, track: Track, bars: Sequence[Bar], number: int) -> None:
    """All bars of a part; tempo, chords and sections stand in the first part."""
    voices = voices_of(track, bars)
    before: tuple[object, object] = (None, None)
    for index, bar in enumerate(bars):
        measure = SubElement(part, "measure", number=str(index + 1))
        sharps, _ = signature_of(score.timeline.key_at(bar.tick))
        before = _attributes(measure, score, track, bar, before)
        if number == 1:
            _signs_above(measure, score, bar)
        for voice, signs in enumerate((voice[index] for voice in voices), start=1):
            if voice > 1 and all(not sign.pitches for sign in signs):
                continue
            if voice > 1:
                _leaf(SubElement(measure, "backup"), "duration", bar.duration)
            shown: Shown = {}
            metre = score.timeline.metre_at(bar.tick)
            for sign, beam in zip(signs, beams(signs, metre), strict=True):
                _notes(measure, sign, voice, _Look(sharps, number if track.is_drum else 0, shown, beam))


def _attributes(measure: Element, score: Score, track: Track, bar: Bar, before: tuple[object, object]) -> tuple[object, object]:
    """Divisions, key, metre and clef where they begin or change; returns what is in force."""
    key, metre = score.timeline.key_at(bar.tick), score.timeline.metre_at(bar.tick)
    first = before == (None, None)
    if first or before != (key, metre):
        attributes = SubElement(measure, "attributes")
        if first:
            _leaf(attributes, "divisions", UNITS_PER_QUARTER)
        if key != before[0] and not (first and "key" in score.timeline.assumed):
            sign = SubElement(attributes, "key")
            _leaf(sign, "fifths", signature_of(key)[0])
            _leaf(sign, "mode", key.mode)
        if metre != before[1] and not (first and "metre" in score.timeline.assumed):
            sign = SubElement(attributes, "time")
            _leaf(sign, "beats", metre.numerator)
            _leaf(sign, "beat-type", metre.denominator)
        if first:
            clef = SubElement(attributes, "clef")
            for tag, text in zip(("sign", "line"), _clef(track), strict=True):
                _leaf(clef, tag, text)
    return key, metre


def _clef(track: Track) -> tuple[str, str]:
    """Percussion, treble or bass."""
    if track.is_drum:
        return "percussion", "3"
    low = track.n_notes and median(track.notes["pitch"].tolist()) < _BASS_CLEF_BELOW
    return ("F", "4") if low else ("G", "2")


def _signs_above(measure: Element, score: Score, bar: Bar) -> None:
    """Tempo, sections and chords that begin in a bar."""
    tempos = () if "tempo" in score.timeline.assumed else score.timeline.tempos
    for tempo in (t for t in tempos if bar.tick <= t.tick < bar.end_tick):
        direction = _direction(measure, tempo.tick - bar.tick)
        metronome = SubElement(direction[0], "metronome")
        _leaf(metronome, "beat-unit", "quarter")
        _leaf(metronome, "per-minute", f"{tempo.qpm:.6g}")
        SubElement(direction, "sound", tempo=f"{tempo.qpm:.6f}")
    for section in (s for s in score.sections if bar.tick <= s.onset < bar.end_tick):
        _leaf(_direction(measure, section.onset - bar.tick)[0], "rehearsal", section.label)
    for chord in (c for c in score.chords if bar.tick <= c.onset < bar.end_tick):
        _harmony(measure, chord, chord.onset - bar.tick, sharps=signature_of(score.timeline.key_at(chord.onset))[0] > 0)


def _units(ticks: int) -> int:
    """Ticks to the nearest unit."""
    return round(ticks / TICKS_PER_UNIT)


def _direction(measure: Element, ticks: int) -> Element:
    """A direction `ticks` after the bar line; its first child takes the sign."""
    direction = SubElement(measure, "direction", placement="above")
    SubElement(direction, "direction-type")
    if _units(ticks):
        _leaf(direction, "offset", _units(ticks)).set("sound", "yes")
    return direction


def _harmony(measure: Element, chord: Chord, ticks: int, sharps: bool) -> None:
    """A chord symbol `ticks` after the bar line."""
    harmony = SubElement(measure, "harmony")
    if chord.root is None:
        _pitch_class(harmony, "root", 0, sharps)
        _leaf(harmony, "kind", "none").set("text", "N.C.")
    else:
        _pitch_class(harmony, "root", chord.root, sharps)
        degrees = set(quality_degrees(chord.quality))
        base = min((q for q in qualities().values() if q.kind), key=lambda q: len(degrees.symmetric_difference(q.degrees)))
        shown = chord_name(0, chord.quality)[1:]
        _leaf(harmony, "kind", base.kind).set("text", shown)
        if chord.bass is not None:
            _pitch_class(harmony, "bass", chord.bass, sharps)
        _degrees(harmony, set(base.degrees), degrees)
    if _units(ticks):
        _leaf(harmony, "offset", _units(ticks))


def _pitch_class(harmony: Element, tag: str, pitch_class: int, sharps: bool) -> None:
    """Root or bass."""
    letter, alter, _ = spelled(60 + pitch_class, 2 if sharps else -2)
    place = SubElement(harmony, tag)
    _leaf(place, f"{tag}-step", letter)
    if alter:
        _leaf(place, f"{tag}-alter", alter)


def _degrees(harmony: Element, base: set[str], degrees: set[str]) -> None:
    """Degrees taken from and added to the kind; MusicXML counts an added seventh from the minor one."""
    for kind, changed in (("subtract", base - degrees), ("add", degrees - base)):
        for degree in sorted(changed):
            value = degree.lstrip("b#")
            alter = degree.count("#") - degree.count("b") + (value == "7")
            element = SubElement(harmony, "degree")
            _leaf(element, "degree-value", value)
            _leaf(element, "degree-alter", alter)
            _leaf(element, "degree-type", kind)


def _notes(measure: Element, sign: Sign, voice: int, look: _Look) -> None:
    """The note elements of a sign."""
    for index, pitch in enumerate(sign.pitches or (None,)):
        note = SubElement(measure, "note")
        if pitch is None:
            SubElement(note, "rest")
        else:
            note.set("dynamics", f"{sign.velocity / 0.9:.2f}")
            if index:
                SubElement(note, "chord")
            _pitch(note, pitch, look.sharps, look.drums)
        _leaf(note, "duration", sign.duration)
        ties = [] if pitch is None else _ties(sign)
        for tie in ties:
            SubElement(note, "tie", type=tie)
        if look.drums and pitch is not None:
            SubElement(note, "instrument", id=_instrument(look.drums, pitch))
        _leaf(note, "voice", voice)
        is_plain = pitch is None or look.drums or sign.is_tied_before
        mark = "" if is_plain or pitch is None else accidental(pitch, look.sharps, look.shown)
        add_looks(note, sign.duration, mark, look.beam if index == 0 else (), ties)


def _ties(sign: Sign) -> list[str]:
    """Ties that end and begin at a sign."""
    return ["stop"] * sign.is_tied_before + ["start"] * sign.is_tied_after


def _pitch(note: Element, pitch: int, sharps: int, drums: int) -> None:
    """A pitch, or a place on the drum staff."""
    letter, alter, octave = spelled(pitch, 0 if drums else sharps)
    element = SubElement(note, "unpitched" if drums else "pitch")
    before = "display-" if drums else ""
    _leaf(element, f"{before}step", letter)
    if alter and not drums:
        _leaf(element, "alter", alter)
    _leaf(element, f"{before}octave", max(octave, 0))
