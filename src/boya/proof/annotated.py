"""The analysed chorales and madrigals that come with music21, laid on their scores.

An analysis (RomanText) and its score are two files that do not always agree: some analyses are written in another key, number the
bars otherwise, or belong to another setting. Repeats are left out, as the analyses do; rests that a file holds twice are counted
once; an analysis is moved to the key of its score; and where after that fewer than 70% of the notes that begin belong to their
chord, or the number of bars differs, the pair is left out. Nothing here looks at what Boya finds.

The split: odd numbers (Riemenschneider 1, 3 ..., madrigals 3.1, 3.3 ...) are for comparing versions while they are made, even
numbers for measuring. Nothing is counted on either: what music21 brings must not enter what is given to others.
"""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

from boya.errors import MissingExtraError
from boya.files import Limits, read_bytes
from boya.files.xml_guard import checked_tree
from boya.score import Score
from boya.theory.analysis.roman_text import Label, measure_starts, parse_roman_text
from boya.theory.chords import chord_pitch_classes

__all__ = ["CHORALES", "MADRIGALS", "Annotated", "annotated", "corpus_folder"]

CHORALES, MADRIGALS = "chorales", "madrigals"
LEAST_AGREEMENT = 0.7
BWV = (  # of Riemenschneider 1 to 20
    *("269", "347", "153.1", "86.6", "267", "281", "17.7", "40.8", "248.12-2", "38.6"),
    *("41.6", "65.2", "33.6", "184.5", "277", "311", "145.5", "318", "351", "302"),
)


@dataclass(frozen=True)
class Annotated:
    """A score and its labels, each with the tick where it begins."""

    name: str
    group: str
    number: int
    score: Score
    labels: tuple[tuple[int, Label], ...]


def corpus_folder() -> Path:
    """Return the folder of the scores that come with music21, without importing it.

    Raises
    ------
    MissingExtraError
        if music21 is not installed.
    """
    spec = find_spec("music21")
    if spec is None or not spec.submodule_search_locations:
        raise MissingExtraError("the corpus of music21", "scores")
    return Path(spec.submodule_search_locations[0]) / "corpus"


def annotated(folder: Path, most: int = 1000, *, is_for_comparing: bool) -> Iterator[Annotated]:
    """Yield the pairs of one side of the split that agree, out of at most so many of each group."""
    for group, pairs in ((CHORALES, _chorales(folder)), (MADRIGALS, _madrigals(folder))):
        for number, text, score in [pair for pair in pairs if pair[0] % 2 == is_for_comparing][:most]:
            found = _paired(f"{group} {text.stem}", group, number, text, score)
            if found is not None:
                yield found


def _chorales(folder: Path) -> Iterator[tuple[int, Path, Path]]:
    """Number, analysis and score of each chorale."""
    for number, bwv in enumerate(BWV, start=1):
        yield number, folder / f"bach/choraleAnalyses/riemenschneider{number:03d}.rntxt", folder / f"bach/bwv{bwv}.mxl"


def _madrigals(folder: Path) -> Iterator[tuple[int, Path, Path]]:
    """Number in its book, analysis and score of each madrigal."""
    for text in sorted((folder / "monteverdi").glob("*.rntxt")):
        yield int(text.stem.rpartition(".")[2]), text, text.with_suffix(".mxl")


def _paired(name: str, group: str, number: int, text: Path, score_file: Path) -> Annotated | None:
    """The pair, or None where the two do not agree."""
    score = read_bytes(_written(score_file), ".musicxml")
    labels = parse_roman_text(text.read_text(encoding="utf-8", errors="replace"))
    starts = measure_starts(np.diff(score.bar_bounds).tolist())
    if not 0 <= max(starts) - labels[-1].measure <= 1 or len({track.end for track in score.tracks}) != 1:
        return None
    placed = [(_tick(label, starts, score), label) for label in labels]
    turns = [_agreement(score, placed, by) for by in range(12)]
    by = int(np.argmax(turns))
    if turns[by] < LEAST_AGREEMENT:
        return None
    return Annotated(name, group, number, score, tuple((tick, _moved(label, by)) for tick, label in placed))


def _written(path: Path) -> bytes:
    """MusicXML of a compressed file without its repeats, and with bars of rests no longer than the metre says."""
    with zipfile.ZipFile(path) as archive:
        name = next(n for n in archive.namelist() if n.endswith(".xml") and not n.startswith("META-INF"))
        root = checked_tree(archive.read(name), Limits())
    for part in root.findall("part"):
        divisions, whole = 1.0, 4.0
        for measure in part.findall("measure"):
            for barline in measure.findall("barline"):
                for repeat in barline.findall("repeat"):
                    barline.remove(repeat)
            divisions = float(measure.findtext("attributes/divisions", str(divisions)))
            time = measure.find("attributes/time")
            if time is not None:
                whole = 4 * float(time.findtext("beats", "4")) / float(time.findtext("beat-type", "4"))
            _rest_once(measure, int(whole * divisions))
    out = io.BytesIO()
    ElementTree.ElementTree(root).write(out, encoding="utf-8", xml_declaration=True)
    return out.getvalue()


def _rest_once(measure: ElementTree.Element, longest: int) -> None:
    """Leave one rest of at most a bar in a measure that holds nothing but rests."""
    notes = measure.findall("note")
    if not notes or any(note.find("rest") is None for note in notes):
        return
    for element in [*notes[1:], *measure.findall("backup"), *measure.findall("forward")]:
        measure.remove(element)
    duration = notes[0].find("duration")
    if duration is not None and float(duration.text or 0) > longest:
        duration.text = str(longest)


def _tick(label: Label, starts: dict[int, int], score: Score) -> int:
    """Where a label begins."""
    start = starts.get(label.measure, int(score.bar_bounds[-1]))
    return start + round((label.beat - 1) * score.timeline.metre_at(start).ticks_per_beat)


def _moved(label: Label, semitones: int) -> Label:
    """A label in another key."""
    chord = label.chord
    there = replace(chord, root=(chord.root + semitones) % 12, bass=(chord.bass + semitones) % 12)
    return replace(label, tonic=(label.tonic + semitones) % 12, chord=there)


def _agreement(score: Score, placed: list[tuple[int, Label]], semitones: int) -> float:
    """Share of the notes that begin under a label, moved by so many semitones, and belong to its chord."""
    ticks = np.array([tick for tick, _ in placed])
    belongs = np.zeros((len(placed), 12), dtype=bool)
    for row, (_, label) in zip(belongs, placed, strict=True):
        row[[(pc + semitones) % 12 for pc in chord_pitch_classes(label.chord.root, label.chord.quality)]] = True
    hits: list[NDArray[np.bool_]] = []
    for track in score.tracks:
        at = np.searchsorted(ticks, track.notes["onset"], side="right") - 1
        hits.append(belongs[at, track.notes["pitch"] % 12][at >= 0])
    all_hits = np.concatenate(hits) if hits else np.zeros(0, dtype=bool)
    return float(all_hits.mean()) if len(all_hits) else 0.0
