"""All that is recognised in a score, each with how sure it is.

Conventions: confidences are 0-1, set on works kept aside (`scripts/train_recogniser.py`, `train_harmony.py`). What a file states
(metre, tempo, instruments) is told as stated; key, chords, melody, style, composer are heard from the notes, whatever the file
says of them.
"Machine" is what the composer of Boya writes, in the ears that rank its drafts; other machines were never heard.
"""

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from boya.errors import RequestError
from boya.evaluation.listener import machine_odds
from boya.listening.recognition.classes import COMPOSED, Guess, guesses
from boya.listening.recognition.description import describe
from boya.listening.recognition.harmony import HeardChord, heard_chords, heard_key
from boya.listening.recognition.melody import melody_of_tracks
from boya.listening.recognition.metre import metre_of, tempo_name
from boya.listening.recognition.stored import Ears, shipped_ears
from boya.listening.recognition.vectors import shipped_encoder
from boya.representation.note_rows import note_rows
from boya.score import Score
from boya.theory.chords import chord_name
from boya.theory.instruments import instrument
from boya.theory.keys import has_sharps, key_name

__all__ = ["Recognition", "excerpts_of", "machine_guess", "recognise"]

EXCERPT_BARS, MOST_EXCERPTS = 8, 12
PRINTED_CHORDS = 24


@dataclass(frozen=True)
class Recognition:
    """What a score was recognised as.

    Attributes
    ----------
    styles, substyles, composers
        the likeliest first; composers only where the style has composers that were learnt
    instruments
        each with the share of the notes it plays
    key, metre, tempo
        of the whole piece
    chords
        without gaps, `HeardChord`
    melody
        the track whose notes are most likely the melody, its number counted from 1
    maker
        "people" or "machine"
    """

    styles: tuple[Guess, ...]
    substyles: tuple[Guess, ...]
    composers: tuple[Guess, ...]
    instruments: tuple[Guess, ...]
    key: Guess
    metre: Guess
    tempo: Guess
    chords: tuple[HeardChord, ...]
    melody: Guess
    maker: Guess

    def as_json(self) -> dict[str, Any]:
        """Return plain values; chords with onset and duration in ticks and their names."""
        plain = asdict(self)
        plain["chords"] = [
            {"onset": c.chord.onset, "duration": c.chord.duration, "name": self._named(c), "confidence": c.confidence}
            for c in self.chords
        ]
        return plain

    def in_words(self) -> str:
        """Return a few lines for a person."""
        lines = {
            "style": _listed(self.styles),
            "substyle": _listed(self.substyles),
            "composer": _listed(self.composers) if self.composers else "not asked: none was learnt for this style",
            "because of": ", ".join(self.styles[0].why) or "nothing that stands out",
            "instruments": ", ".join(f"{g.name} {g.confidence:.0%} of the notes" for g in self.instruments),
            "key": _listed((self.key,)),
            "metre": _listed((self.metre,)),
            "tempo": f"{self.tempo.name} ({', '.join(self.tempo.why)})",
            "chords": " ".join(self._named(c) for c in self.chords[:PRINTED_CHORDS]) or "none",
            "melody": _listed((self.melody,)),
            "written by": _listed((self.maker,)),
        }
        width = max(len(name) for name in lines)
        return "\n".join(f"{name.ljust(width)}  {text}" for name, text in lines.items())

    def _named(self, heard: HeardChord) -> str:
        """The symbol of a chord, spelled as in the key."""
        chord = heard.chord
        tonic, _, mode = self.key.why[-1].partition(" ")
        return chord_name(chord.root, chord.quality, sharps=has_sharps(int(tonic), mode)) if chord.quality else "N.C."


def recognise(score: Score, ears: Ears | None = None) -> Recognition:
    """Recognise a score.

    Parameters
    ----------
    score
        any music with notes
    ears
        those that ship when not given

    Raises
    ------
    RequestError
        if there are no notes.

    Examples
    --------
    >>> from boya.score import Track, note_array
    >>> scale = [(480 * n, 480, 60 + step, 80) for n, step in enumerate((0, 2, 4, 5, 7, 9, 11, 12))]
    >>> found = recognise(Score((Track(note_array(scale), program=40),)))
    >>> found.key.name, found.instruments[0].name
    ('C major', 'Violin')
    """
    if not score.n_notes:
        raise RequestError("there is nothing to recognise: the music has no notes")
    ears, rows = ears or shipped_ears(), note_rows(score)
    described, vector = describe(rows), shipped_encoder().vector(rows)
    styles = guesses(ears, "style", described, vector)
    is_composed = styles[0].name in COMPOSED
    key, sure = heard_key(score, ears.of_roots("key"))
    return Recognition(
        styles,
        guesses(ears, "substyle", described, vector),
        guesses(ears, "composer", described, vector) if is_composed else (),
        _instruments(score),
        Guess(key_name(key.tonic, key.mode), sure, (f"{key.tonic} {key.mode}",)),
        metre_of(score, ears.of_classes("metre")),
        _tempo(score),
        heard_chords(score, ears.of_roots("chords")),
        _melody(score),
        machine_guess(score, ears.temperature),
    )


def machine_guess(score: Score, temperature: float = 1.0) -> Guess:
    """Return whether people or a machine wrote a score, by the mean log-odds of its excerpts divided by a temperature."""
    odds = float(np.mean(machine_odds(excerpts_of(score)))) / temperature
    likely = 1 / (1 + np.exp(-odds))
    return Guess("machine", float(likely)) if likely > 0.5 else Guess("people", float(1 - likely))


def excerpts_of(score: Score) -> list[Score]:
    """Return excerpts of 8 bars spread over a score, or all of a shorter one."""
    starts = np.arange(0, max(score.n_bars - EXCERPT_BARS, 0) + 1, EXCERPT_BARS)
    chosen = starts[np.linspace(0, len(starts) - 1, min(len(starts), MOST_EXCERPTS)).round().astype(int)]
    found = [score.slice_bars(first, min(first + EXCERPT_BARS, score.n_bars)) for first in chosen.tolist()]
    return [excerpt for excerpt in found if excerpt.n_notes] or [score]


def _instruments(score: Score) -> tuple[Guess, ...]:
    """What plays, by the share of the notes."""
    counts = Counter[str]()
    for track in score.tracks:
        if track.n_notes:
            counts["Drums" if track.is_drum else instrument(track.program).name] += track.n_notes
    return tuple(Guess(name, n / score.n_notes, ("stated",)) for name, n in counts.most_common())


def _tempo(score: Score) -> Guess:
    """The class of the tempo in force at the first note."""
    first = min(int(track.notes["onset"].min()) for track in score.tracks if track.n_notes)
    qpm = score.timeline.tempo_at(first).qpm
    is_stated = "tempo" not in score.timeline.assumed
    return Guess(tempo_name(qpm), float(is_stated), (f"{qpm:g} quarters a minute", "stated" if is_stated else "assumed"))


def _melody(score: Score) -> Guess:
    """The track with the most likely notes in the mean."""
    means = [float(shares.mean()) if len(shares) else 0.0 for shares in melody_of_tracks(score, shipped_encoder())]
    best = int(np.argmax(means))
    track = score.tracks[best]
    return Guess(f"track {best + 1}", means[best], (track.name or instrument(track.program).name,))


def _listed(found: tuple[Guess, ...]) -> str:
    """Names with how sure they are."""
    return ", ".join(f"{guess.name} {guess.confidence:.0%}" for guess in found if guess.confidence >= 0.01)
