"""Chords as music21 finds them: `chordify`, then its root and triad; what Boya's chord naming is measured beside."""

from collections import Counter
from fractions import Fraction

from boya.files.streams import music21, no_foreign_errors
from boya.score import Chord, Score

__all__ = ["chordified"]

QUALITIES = {"major": "maj", "minor": "min", "diminished": "dim", "augmented": "aug"}


def chordified(score: Score) -> tuple[Chord, ...]:
    """Return one chord a quarter: the one that sounds longest in it, with the root that music21 finds.

    Raises
    ------
    MissingExtraError
        if music21 is not installed.
    """
    stream, note, chord = music21("stream"), music21("note"), music21("chord")
    whole = stream.Score()
    with no_foreign_errors("piece"):
        for track in score.tracks:
            if track.is_drum or not track.n_notes:
                continue
            part = stream.Part()
            for onset, duration, pitch, _ in track.notes.tolist():
                sounding = note.Note(pitch)
                sounding.quarterLength = Fraction(duration, 480)
                part.insert(Fraction(onset, 480), sounding)
            whole.insert(0, part)
        found = whole.chordify().recurse().getElementsByClass(chord.Chord)
        heard: dict[int, Counter[tuple[int, str]]] = {}
        for each in found:
            name = (each.root().pitchClass, QUALITIES.get(each.quality, "maj(*3)"))
            start, end = float(each.offset), float(each.offset + each.quarterLength)
            for quarter in range(int(start), int(-(-end // 1))):
                length = min(end, quarter + 1) - max(start, quarter)
                heard.setdefault(quarter, Counter())[name] += round(480 * length)
    return tuple(Chord(480 * quarter, 480, *names.most_common(1)[0][0]) for quarter, names in sorted(heard.items()))
