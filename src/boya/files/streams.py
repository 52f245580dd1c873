"""From music21's streams to scores: the only module that knows music21.

Onsets and durations become ticks (nearest); tied notes become one note; grace and cue notes, which take no time of their own, are
left out; repeats are played out. A bar that is shorter or longer than its metre says, such as a pickup, is told by a metre of its
own length, so that bar lines stay where they are.
"""

import contextlib
import io
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from importlib import import_module
from typing import Any

from boya.errors import BoyaError, FormatError, MissingExtraError, ScoreError
from boya.files.limits import Limits, check_tracks
from boya.files.repeats import BarMarks, played_out
from boya.files.spans import CHORD, SECTION, chords_from, sections_from
from boya.score import MODES, TICKS_PER_QUARTER, Key, Metre, Score, Tempo, Timeline, Track, note_array

__all__ = ["music21", "no_foreign_errors", "score_of", "track_of"]

_VELOCITY = 80
_MODE_NAMES = {"aeolian": "minor", "ionian": "major"}
Row = tuple[int, int, int, int, str]


def music21(module: str) -> Any:
    """Return a module of music21.

    Raises
    ------
    MissingExtraError
        if music21 is not installed.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return import_module(f"music21.{module}")
    except ModuleNotFoundError as error:
        raise MissingExtraError("reading MusicXML and ABC", "scores") from error


@contextlib.contextmanager
def no_foreign_errors(what: str) -> Iterator[None]:
    """Turn whatever music21 raises into a FormatError, keep its warnings off the screen, and refuse what it had to guess."""
    said = io.StringIO()
    try:
        with warnings.catch_warnings(), contextlib.redirect_stderr(said):
            warnings.simplefilter("ignore")
            yield
    except BoyaError:
        raise
    except Exception as error:
        reason = str(error).strip().partition("\n")[0][:120] or type(error).__name__
        raise FormatError(f"the {what} file cannot be understood: {type(error).__name__}: {reason}") from error
    guess = re.search(r"(Could not get pitch.*), assuming", said.getvalue())
    if guess:
        raise FormatError(f"the {what} file holds a note without a pitch: {guess[1][:80]}")


def score_of(
    stream: Any, limits: Limits, make_track: Callable[[Any, int], Track], chord_texts: Mapping[str, str] | None = None
) -> Score:
    """Return the score of a music21 stream, repeats played out.

    Parameters
    ----------
    stream
        a music21 Score
    limits
        Largest accepted sizes.
    make_track
        Called with each part and its number, returns its track.
    chord_texts
        What a chord symbol of the stream stands for, where it is not itself.
    """
    parts = list(stream.parts) or [stream]
    tracks = [make_track(part, number) for number, part in enumerate(parts)]
    check_tracks(tracks, limits)
    flat = [part.flatten() for part in parts]
    timeline = Timeline.of(_tempos(flat), _metres(parts[0]), _keys(flat[0]))
    markers = sorted(_markers(flat, chord_texts or {}), key=lambda marker: marker[0])
    end = max((track.end for track in tracks), default=0)
    about = stream.metadata
    score = Score(
        tuple(track for track in tracks if track.n_notes),
        timeline,
        chords_from(markers, end, timeline),
        sections_from(markers, end, timeline),
        _text(about and (about.movementName or about.title)),
        _text(about and about.composer),
        _text(about and about.copyright),
    )
    score = played_out(score, _bar_marks(parts), _tick(parts[0].duration.quarterLength))
    check_tracks(score.tracks, limits)
    return score


def track_of(part: Any, program: int, is_drum: bool, name: str) -> Track:
    """Return the notes of a part, ties joined."""
    rows = [row for element in part.flatten().notes for row in _rows(element)]
    return Track(note_array(_joined(rows)), program, is_drum, name)


def _text(value: Any) -> str:
    """A text of the metadata, or nothing."""
    return str(value).strip() if value else ""


def _tick(quarters: Any) -> int:
    """Quarters to the nearest tick."""
    return round(Fraction(quarters) * TICKS_PER_QUARTER)


def _bar_marks(parts: Sequence[Any]) -> list[BarMarks]:
    """Repeat marks of the bars of the first part; a mark in any part counts."""
    bars: dict[int, BarMarks] = {_tick(m.offset): BarMarks(_tick(m.offset)) for m in parts[0].getElementsByClass("Measure")}
    for part in parts:
        for measure in part.getElementsByClass("Measure"):
            bar = bars.get(_tick(measure.offset))
            if bar is not None:
                bars[bar.onset] = _marked(bar, measure)
    return [bars[onset] for onset in sorted(bars)]


def _marked(bar: BarMarks, measure: Any) -> BarMarks:
    """A bar with the marks of one more part."""
    left, right = (getattr(sign, "direction", "") for sign in (measure.leftBarline, measure.rightBarline))
    times = int(getattr(measure.rightBarline, "times", None) or 2) if right == "end" else 1
    endings = {int(n) for bracket in measure.getSpannerSites("RepeatBracket") for n in bracket.numberRange}
    return BarMarks(bar.onset, bar.opens or left == "start", max(bar.times, times), bar.endings | endings)


def _rows(element: Any) -> Iterator[Row]:
    """Onset, duration, pitch, velocity and tie of each sounding note of a note or chord."""
    if "Harmony" in element.classes or element.duration.isGrace:
        return
    onset = _tick(element.offset)
    length = element.duration.quarterLength
    duration = max(_tick(element.offset + length) - onset, 1) if length > 0 else 0
    for note in getattr(element, "notes", None) or (element,):
        if hasattr(note, "pitch") and duration > 0:
            velocity = note.volume.velocity or element.volume.velocity or _VELOCITY
            yield onset, duration, note.pitch.midi, min(max(velocity, 1), 127), note.tie.type if note.tie else ""


def _joined(rows: Iterable[Row]) -> list[tuple[int, int, int, int]]:
    """Notes with the ones tied to them."""
    joined: list[tuple[int, int, int, int]] = []
    waiting: dict[tuple[int, int], int] = {}
    for onset, duration, pitch, velocity, tie in sorted(rows):
        before = waiting.pop((onset, pitch), None) if tie in ("stop", "continue") else None
        if before is None:
            before = len(joined)
            joined.append((onset, duration, pitch, velocity))
        else:
            start, length, _, first_velocity = joined[before]
            joined[before] = (start, length + duration, pitch, first_velocity)
        if tie in ("start", "continue"):
            waiting[onset + duration, pitch] = before
    return joined


def _tempos(flat: Iterable[Any]) -> list[Tempo]:
    """Tempo marks with a number, of all parts."""
    found = []
    for part in flat:
        for mark in part.getElementsByClass("MetronomeMark"):
            qpm = mark.getQuarterBPM()
            if qpm is not None and 1 <= qpm <= 2000:
                found.append(Tempo(_tick(mark.offset), float(qpm)))
    return sorted(found)


def _metres(part: Any) -> list[Metre]:
    """The metre of every bar, as it is written or as long as the bar is."""
    measures = list(part.getElementsByClass("Measure"))
    if not measures:
        return [
            metre for sign in part.flatten().getElementsByClass("TimeSignature") if (metre := _metre_of(sign, _tick(sign.offset)))
        ]
    found, nominal = [], None
    for measure, following in zip(measures, [*measures[1:], None], strict=True):
        tick = _tick(measure.offset)
        if measure.timeSignature is not None:
            nominal = _metre_of(measure.timeSignature, tick)
        length = None if following is None else Fraction(following.offset) - Fraction(measure.offset)
        usual = nominal or Metre(0, 4, 4)
        if length and length * TICKS_PER_QUARTER != usual.ticks_per_bar:
            actual = _metre_as_long_as(length, tick)
            found.append(actual or Metre(tick, usual.numerator, usual.denominator))
        elif nominal and length != 0:
            found.append(Metre(tick, nominal.numerator, nominal.denominator))
    return found


def _metre_of(sign: Any, tick: int) -> Metre | None:
    """A time signature as a metre."""
    try:
        return Metre(tick, int(sign.numerator), int(sign.denominator))
    except (ScoreError, TypeError, ValueError):
        return None


def _metre_as_long_as(length_quarter: Fraction, tick: int) -> Metre | None:
    """The simplest metre of this length."""
    for denominator in (4, 8, 16, 32, 64):
        numerator = length_quarter * denominator / 4
        if numerator.denominator == 1 and 1 <= numerator <= 255:
            return Metre(tick, int(numerator), denominator)
    return None


def _keys(part: Any) -> list[Key]:
    """Key signatures of a part; one without a mode is major."""
    found = []
    for sign in part.getElementsByClass("KeySignature"):
        mode = str(getattr(sign, "mode", None) or "major")
        mode = _MODE_NAMES.get(mode, mode)
        tonic = sign.asKey("major" if mode not in MODES else mode).tonic
        found.append(Key(_tick(sign.offset), tonic.pitchClass, mode if mode in MODES else "major"))
    return found


def _markers(flat: Iterable[Any], chord_texts: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    """Chord symbols and rehearsal marks as texts in time."""
    for part in flat:
        for element in part.getElementsByClass(("Harmony", "RehearsalMark")):
            if "RehearsalMark" in element.classes:
                yield _tick(element.offset), f"{SECTION}{element.content}"
            else:
                symbol = "N" if "NoChord" in element.classes else element.figure
                yield _tick(element.offset), f"{CHORD}{chord_texts.get(symbol, symbol)}"
