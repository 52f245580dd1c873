"""Say in words what a score is and how a piece of our own came about.

The music is read by `boya.theory.analysis`, which bars return by `boya.teaching.returns`, the texture by `boya.teaching.texture`;
what our own pieces remember of their making by `boya.teaching.provenance`. All sentences are templates in `data/explain.toml`.
"""

from dataclasses import dataclass
from functools import cached_property

from boya.composing import Piece
from boya.errors import InputError
from boya.score import Score, Timeline
from boya.teaching.explanation import BarNote, Explanation
from boya.teaching.harmony_words import (
    cadence_name,
    cadence_words,
    chord_fact,
    chord_sentence,
    modulation_words,
    tones_words,
)
from boya.teaching.names import bar_words, bars_words, key_words
from boya.teaching.origins import Origin
from boya.teaching.provenance import decisions_of
from boya.teaching.returns import Return, bars_between, returning_bars, stretches
from boya.teaching.symbols import Reading, read_harmony
from boya.teaching.texture import entering, players_of, texture_words
from boya.teaching.wording import Words, check_language, counted, listed, say
from boya.theory.analysis import Analysis, Harmony, NonChordTone

__all__ = ["explain"]

_MOST_CADENCES = 8
_MOST_RETURNS = 6
_MOST_CHANGES = 6


def explain(music: Score | Piece, bar: int | None = None, language: str = "en", *, origin: Origin | None = None) -> Explanation:
    """Explain a score, or one bar of it.

    Parameters
    ----------
    music
        any score, or a piece of our own, which remembers how it was made
    bar
        only this bar, counted from 0
    language
        "en" or "zh"
    origin
        how the score was made, as `boya.teaching.origins.read_origin` reads it from a file

    Raises
    ------
    InputError
        if there is no such bar or language.

    Examples
    --------
    >>> from boya.score import Track, note_array
    >>> chords = [(48, 60, 64, 67), (53, 60, 65, 69), (43, 59, 65, 67), (48, 60, 64, 67)]
    >>> tracks = tuple(Track(note_array([(i * 1920, 1920, c[v], 80) for i, c in enumerate(chords)])) for v in range(4))
    >>> told = explain(Score(tracks), bar=2)
    >>> len(told.bars), told.bars[0].chords[0]["symbol"]
    (1, 'G7')
    """
    check_language(language)
    score = music.score if isinstance(music, Piece) else music
    if isinstance(music, Piece) and origin is None:
        origin = Origin.of(music)
    if bar is not None and (isinstance(bar, bool) or not 0 <= bar < score.n_bars):
        raise InputError(f"bar must be 1-{score.n_bars} for this score, counted from 1; got {bar + 1}")
    reading = read_harmony(score)
    analysis = reading.analysis
    found, players = returning_bars(score), players_of(score)
    bounds = tuple(int(tick) for tick in score.bar_bounds)
    bars = _Bars(score, bounds, analysis, found, entering(score, players), players)
    notes = tuple(bars.note(number) for number in (range(score.n_bars) if bar is None else [bar]))
    if bar is not None:
        return Explanation(score.title, language, (), (), notes)
    decisions = () if origin is None else decisions_of(origin)
    return Explanation(score.title, language, _overview(score, reading, found), decisions, notes)


def _overview(score: Score, reading: Reading, found: dict[int, Return]) -> tuple[Words, ...]:
    """Sentences on the whole."""
    if not score.n_notes:
        return (say("explain", "overview.silent"),)
    metre, tempo = score.timeline.metres[0], score.timeline.tempos[0]
    values = {"metre": f"{metre.numerator}/{metre.denominator}", "seconds": score.length_second, "qpm": tempo.qpm}
    told = [say("explain", "overview.length", bars=counted("bar_count", score.n_bars), **values)]
    players = list(dict.fromkeys(p for p, track in zip(players_of(score), score.tracks, strict=True) if track.n_notes))
    told.append(say("explain", "overview.players", list=listed(players)))
    told += _harmony_overview(reading, score.timeline) if any(t.n_notes and not t.is_drum for t in score.tracks) else []
    texture = texture_words(score)
    told.append(texture if texture is not None else say("explain", "overview.unpitched"))
    return (*told, *_form_overview(score, found))


def _harmony_overview(reading: Reading, line: Timeline) -> list[Words]:
    """Keys, changes of key, and cadences."""
    analysis = reading.analysis
    told = _keys_overview(reading, line)
    told += [modulation_words(change) for change in analysis.modulations[:_MOST_CHANGES]]
    if len(analysis.modulations) > _MOST_CHANGES:
        told.append(say("explain", "overview.visits", count=len(analysis.modulations)))
    if analysis.cadences:
        items = [
            say("explain", "overview.cadence_item", kind=cadence_name(c), bar=bar_words(c.bar))
            for c in analysis.cadences[:_MOST_CADENCES]
        ]
        more = len(analysis.cadences) - len(items)
        items += [say("explain", "tone.more", count=more)] if more else []
        told.append(say("explain", "overview.cadences", list=listed(items)))
    return told


def _keys_overview(reading: Reading, line: Timeline) -> list[Words]:
    """The key at the beginning and at the end; a church mode that is written by its own name."""
    if not reading.analysis.keys:
        return []
    first, last = reading.analysis.keys[0], reading.analysis.keys[-1]
    home, end = key_words(first.tonic, first.mode), key_words(last.tonic, last.mode)
    written = line.keys[0]
    if home != end:
        told = [say("explain", "overview.keys", key=home, last=end)]
    elif reading.has_symbols and written.mode not in ("major", "minor"):
        told = [say("explain", "overview.modal", key=key_words(written.tonic, written.mode), like=home)]
    else:
        told = [say("explain", "overview.returns_home" if reading.analysis.modulations else "overview.key", key=home)]
    return told + _heard_otherwise(reading, (first.tonic, first.mode))


def _heard_otherwise(reading: Reading, key: tuple[int, str]) -> list[Words]:
    """That the chords are those of symbols, and what the notes alone would say of the key."""
    if not reading.has_symbols:
        return []
    told = [say("explain", "overview.symbols")]
    if reading.heard is not None and (reading.heard.tonic, reading.heard.mode) != key:
        told.append(say("explain", "overview.heard", key=key_words(reading.heard.tonic, reading.heard.mode)))
    return told


def _form_overview(score: Score, found: dict[int, Return]) -> list[Words]:
    """Sections, and stretches of bars that come back."""
    told = []
    if score.sections:
        items, bounds = [], [int(tick) for tick in score.bar_bounds]
        for section in score.sections:
            bars = bars_between(bounds, section.onset, section.end)
            items.append(say("explain", "overview.section_item", label=section.label, bars=bars_words(bars)))
        told.append(say("explain", "overview.sections", list=listed(items)))
    runs = [run for run in stretches(list(found.values())) if run.kind != "rhythm" or run.n_bars > 1]
    runs.sort(key=lambda run: (run.kind == "rhythm", -run.n_bars, run.bar))
    kept = sorted(runs[:_MOST_RETURNS], key=lambda run: run.bar)
    told += [_return_words("overview", run) for run in kept]
    if len(runs) > len(kept):
        told.append(say("explain", "overview.more_returns", count=len(runs) - len(kept)))
    return told if runs or score.n_bars < 2 else [*told, say("explain", "overview.no_returns")]


def _return_words(table: str, run: Return) -> Words:
    """A stretch, or one bar, that comes back."""
    bars, other = bars_words(range(run.bar, run.bar + run.n_bars)), bars_words(range(run.of, run.of + run.n_bars))
    names = {"same": "returns" if table == "overview" else "repeats", "moved": "transposed", "rhythm": "rhythm"}
    way = say(
        "explain", "overview.higher" if run.semitones > 0 else "overview.lower", count=counted("semitone", abs(run.semitones))
    )
    upper = Words(bars.en[:1].upper() + bars.en[1:], bars.zh)
    return say("explain", f"{table}.{names[run.kind]}", bars=upper, other=other, moved=way)


@dataclass(frozen=True)
class _Bars:
    """A score with all that is told of its bars, and where they begin."""

    score: Score
    bounds: tuple[int, ...]
    analysis: Analysis
    returns: dict[int, Return]
    enters: list[tuple[Words | None, Words | None]]
    players: list[Words]

    @cached_property
    def chords(self) -> dict[int, list[Harmony]]:
        """The chords that sound in each bar."""
        found: dict[int, list[Harmony]] = {}
        for chord in self.analysis.chords:
            for bar in bars_between(self.bounds, chord.onset, chord.end):
                found.setdefault(bar, []).append(chord)
        return found

    @cached_property
    def tones(self) -> dict[int, list[NonChordTone]]:
        """The foreign notes that begin in each bar."""
        found: dict[int, list[NonChordTone]] = {}
        for tone in self.analysis.non_chord_tones:
            found.setdefault(tone.bar, []).append(tone)
        return found

    def note(self, bar: int) -> BarNote:
        """What is said of a bar: section, key, chords, foreign notes, cadence, return, who comes and goes."""
        start, end = self.bounds[bar : bar + 2]
        told = [
            say("explain", "form.begins", label=s.label, bars=bars_words(bars_between(self.bounds, s.onset, s.end)))
            for s in self.score.sections
            if start <= s.onset < end
        ]
        told += [modulation_words(change) for change in self.analysis.modulations if start <= change.onset < end]
        chords = self.chords.get(bar, [])
        sounding = [chord for chord in chords if chord.root is not None]
        is_one = len(sounding) < 2
        told += [
            chord_sentence(c, begins=c.onset >= start, has_place=c.onset >= start and not is_one) for c in sounding or chords[:1]
        ]
        tones = tones_words(self.tones.get(bar, []), self.score, self.players)
        told += [] if tones is None else [tones]
        told += [cadence_words(cadence) for cadence in self.analysis.cadences if start <= cadence.onset < end]
        told += [_return_words("form", self.returns[bar])] if bar in self.returns else []
        told += [words for words in self.enters[bar] if words is not None]
        return BarNote(bar, tuple(told), tuple(chord_fact(chord) for chord in sounding))
