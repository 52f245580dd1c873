"""Chords, cadences, changes of key and foreign notes of an analysis as sentences. Templates: `data/explain.toml`."""

from collections.abc import Sequence
from typing import Any

from boya.score import Score
from boya.teaching.names import bar_words, chord_words, key_words, letter_words, note_words, quality_words
from boya.teaching.spelling import note_of
from boya.teaching.wording import Words, listed, load, say, with_article
from boya.theory.analysis import Cadence, Harmony, Modulation, NonChordTone
from boya.theory.chords import chord_name
from boya.theory.keys import has_sharps

__all__ = ["cadence_name", "cadence_words", "chord_fact", "chord_sentence", "modulation_words", "tones_words"]

_MOST_TONES = 4
_MOST_INVERSIONS = 3


def chord_sentence(chord: Harmony, *, begins: bool, has_place: bool) -> Words:
    """Return what a chord is in its key.

    Parameters
    ----------
    begins
        whether it begins in the bar that is told, and does not go on from an earlier one
    has_place
        whether to say on which beat
    """
    if chord.root is None:
        return say("explain", "chord.none")
    key = (chord.tonic, chord.mode)
    values: dict[str, Any] = {
        "symbol": _symbol(chord),
        "quality": with_article(quality_words(chord.quality)),
        "numeral": chord.numeral,
        "key": key_words(*key),
        "of": chord.of,
        "bass": _bass(chord),
        "function": say("explain", f"chord.{chord.function or 'no_function'}"),
    }
    if not begins:
        return say("explain", "chord.holds", bar=bar_words(chord.bar), **values)
    name = (chord.kind or "foreign").replace(" ", "_")
    told = say("explain", f"chord.{name}", **values)
    place = say("explain", "chord.place", beat=chord.beat + 1) if has_place else Words("", "")
    return Words(place.en + told.en, place.zh + told.zh)


def chord_fact(chord: Harmony) -> dict[str, Any]:
    """Return a chord as plain values, bar and beat from 1."""
    return {
        "bar": chord.bar + 1,
        "beat": chord.beat + 1,
        "symbol": _symbol(chord).en,
        "numeral": chord.numeral,
        "function": chord.function,
        "key": key_words(chord.tonic, chord.mode).en,
    }


def cadence_name(cadence: Cadence) -> Words:
    """Return the name of a cadence."""
    row = load("explain")["cadence"]["kind"][cadence.kind.replace(" ", "_")]
    return Words(row["en"], row["zh"])


def cadence_words(cadence: Cadence) -> Words:
    """Return what a cadence does."""
    row = load("explain")["cadence"]["kind"][cadence.kind.replace(" ", "_")]
    return say(
        "explain",
        "cadence.told",
        numerals="-".join(numeral for numeral in cadence.numerals if numeral),
        a_kind=with_article(cadence_name(cadence)),
        key=key_words(cadence.tonic, cadence.mode),
        effect=Words(row["effect_en"], row["effect_zh"]),
    )


def modulation_words(change: Modulation) -> Words:
    """Return where the music goes, and by which chord."""
    values = {"bar": bar_words(change.bar), "key": key_words(change.tonic, change.mode)}
    if len(change.pivot) == 2:
        return say("explain", "overview.pivot", old=change.pivot[0], new=change.pivot[1], **values)
    return say("explain", "overview.modulation", **values)


def tones_words(tones: Sequence[NonChordTone], score: Score, players: Sequence[Words]) -> Words | None:
    """Return the notes outside the chord, the first ones by name; None where there are none."""
    if not tones:
        return None
    told = [_tone(tone, score, players[tone.track]) for tone in tones[:_MOST_TONES]]
    if len(tones) > _MOST_TONES:
        told.append(say("explain", "tone.more", count=len(tones) - _MOST_TONES))
    return say("explain", "tone.told", list=listed(told))


def _tone(tone: NonChordTone, score: Score, player: Words) -> Words:
    """One foreign note."""
    key = score.timeline.key_at(tone.onset)
    note = note_of(tone.pitch, 2 if has_sharps(key.tonic, key.mode) else -2)
    row = load("explain")["tone"]["kind"][tone.kind]
    return say(
        "explain",
        "tone.item",
        note=note_words(note),
        beat=round(tone.beat + 1, 2),
        player=player,
        kind=Words(row["en"], row["zh"]),
    )


def _symbol(chord: Harmony) -> Words:
    """The chord symbol, its bass where it is another note than the root."""
    bass = None if chord.bass in (None, chord.root) else chord.bass
    return chord_words(chord.root, chord.quality, bass, key=(chord.tonic, chord.mode))


def _bass(chord: Harmony) -> Words:
    """The inversion in words; empty in root position."""
    if chord.bass is None or chord.bass == chord.root or not 1 <= chord.inversion <= _MOST_INVERSIONS:
        return Words("", "")
    name = chord_name(chord.bass, "maj", sharps=has_sharps(chord.tonic, chord.mode))
    row = load("terms")["inversion"][str(chord.inversion)]
    return say("explain", "chord.bass", bass=letter_words(name), position=Words(row["en"], row["zh"]))
