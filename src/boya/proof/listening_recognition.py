"""Recognition on `valid`: style, composer, the melody of pop songs, chords and keys, and what a machine wrote.

**Style.** A family is the catalogue's style of a `band` piece: 13 families in which the arranger MMA played the melodies of
`ewld` and `pop909`. No valid piece is of a song in `train`, but the arranger's pattern, its *substyle*, is. So beside the
figure stands a harder one, for which all pieces of a fifth of the substyles are left out of the learning, five times in turn.
All of `valid` also has the styles of its collections, and drummers' names for grooves alone. Baselines: the commonest family,
and softmax regression on plain histograms of note lengths, scale degrees and octaves.

**Melody.** As in MidiBERT (Chou et al. 2021): all notes of a `pop909` song as one stream, each said to be melody or not. Its
skyline has 79.51% where the bridge counts as melody and 78.54% where it does not; both are measured, the bar is the first one's.

**Chords and keys.** As the area `theory` measures them; the bars are its bars and three points. What is gained on the analysis
that needs no learning is told as well.

**Machine.** Drafts of the composer without an ear, under outlines of half of the pieces, against the other half.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from boya.corpus.packed import Packed
from boya.errors import BoyaError
from boya.evaluation.scoreboard import Row
from boya.listening.recognition.classes import COMPOSED, VIEWS, shares_of
from boya.listening.recognition.description import HISTOGRAM, describe
from boya.listening.recognition.harmony import heard_chords, heard_key
from boya.listening.recognition.melody import part_shares, skyline
from boya.listening.recognition.recognise import excerpts_of, machine_guess
from boya.listening.recognition.softmax import Softmax, calibration_error
from boya.listening.recognition.stored import shipped_ears
from boya.listening.recognition.vectors import shipped_encoder
from boya.models.composer import Composer
from boya.proof.annotated import corpus_folder
from boya.proof.composer import pieces_of
from boya.proof.drafts import heard, write_drafts
from boya.proof.setup import Setup
from boya.proof.theory_analysis import TUNES, right_chords, tunes_with_key
from boya.representation.note_rows import PARTS, note_rows, parts_of
from boya.score import Score
from boya.theory.chord_naming import name_chords
from boya.theory.keys import find_key

__all__ = ["rows"]

ENCODER, EARS, SKYLINE, HISTOGRAMS, COMMONEST = "encoder", "recognise", "skyline", "histogram", "commonest"
STYLE_BAR, MELODY_BAR, GAIN = 85.0, 85.0, 3.0
CHORD_BARS = {"root": 85.0 + GAIN, "triad": 80.0 + GAIN}
FOLDS = 5
DRAFT_BARS = 24


def rows(setup: Setup) -> Iterator[Row]:
    """Measure what is recognised."""
    packed = setup.corpus()
    yield from _styles(setup, packed)
    yield from _pop_songs(setup, packed)
    yield from _keys(setup)
    yield from _makers(setup, packed)


def _styles(setup: Setup, packed: Packed) -> Iterator[Row]:
    """Families of bands, styles of all, composers of songs and quartets; and how sure they are."""
    seen = {split: _Seen.of(packed, split, setup.pick(100_000, 60)) for split in ("train", "valid")}
    valid, train = seen["valid"], seen["train"]
    for what, metric, rows_of in (("style", "style of bands, 13 families", "band"), ("style", "style of all of valid", "")):
        chosen = valid.only(rows_of)
        shares = shares_of(shipped_ears(), what, chosen.described, chosen.vectors)
        is_bar = rows_of == "band"
        yield setup.row(metric, EARS, _right(shares, what, chosen.styles), "%", at_least=STYLE_BAR if is_bar else None)
        for view, x in zip(VIEWS, (chosen.described, chosen.vectors), strict=True):
            alone = shipped_ears().of_classes(f"{what}.{view}").named(x)
            yield setup.row(metric, f"{EARS}, {view} alone", _share(alone, chosen.styles), "%")
        commonest = Counter(train.only(rows_of).styles).most_common(1)[0][0]
        yield setup.row(metric, COMMONEST, _share([commonest] * len(chosen.styles), chosen.styles), "%")
        plain = Softmax.fit(train.only(rows_of).histograms, train.only(rows_of).styles)
        yield setup.row(metric, HISTOGRAMS, _share(plain.named(chosen.histograms), chosen.styles), "%")
    is_right = np.array([a == b for a, b in zip(_named(shares, "style"), chosen.styles, strict=True)])
    yield setup.row("calibration error, style of all of valid", EARS, 100 * calibration_error(shares.max(1), is_right), "points")
    for name, x in (("described", train.described), ("vector", train.vectors), (HISTOGRAMS, train.histograms)):
        yield setup.row("style of bands whose substyle was not heard", name, 100 * _unheard(train, x), "%")
    known = set(shipped_ears().of_classes("composer.described").classes)
    asked = valid.where(
        [composer in known and style in COMPOSED for composer, style in zip(valid.composers, valid.styles, strict=True)]
    )
    if asked.composers:
        shares = shares_of(shipped_ears(), "composer", asked.described, asked.vectors)
        metric = f"composer, {len(known)} of them"
        yield setup.row(metric, EARS, _right(shares, "composer", asked.composers), "%")
        commonest = Counter(c for c in train.composers if c in known).most_common(1)[0][0]
        yield setup.row(metric, COMMONEST, _share([commonest] * len(asked.composers), asked.composers), "%")


def _unheard(train: "_Seen", x: NDArray[np.float32]) -> float:
    """Share of bands of substyles left out of the learning whose family is right."""
    bands = np.flatnonzero([source == "band" for source in train.sources])
    substyles = sorted({train.substyles[place] for place in bands.tolist()})
    fold = {name: number % FOLDS for number, name in enumerate(substyles)}
    right = 0
    for number in range(FOLDS):
        is_out = np.array([fold[train.substyles[place]] == number for place in bands.tolist()])
        ear = Softmax.fit(x[bands[~is_out]], [train.styles[place] for place in bands[~is_out].tolist()])
        named = ear.named(x[bands[is_out]])
        right += sum(a == train.styles[place] for a, place in zip(named, bands[is_out].tolist(), strict=True))
    return right / len(bands)


def _pop_songs(setup: Setup, packed: Packed) -> Iterator[Row]:
    """Melody and chords of pop909 `valid`."""
    wanted = [i for i in packed.split("valid").tolist() if packed.pieces[i]["source"] == "pop909"][: setup.pick(1000, 3)]
    scores = [packed.score(i) for i in wanted]
    if not scores:
        setup.note("listening: the packed corpus has no pop909 in valid; melody and chords are left out")
        return
    yield from _melody(setup, scores)
    yield from _chords(setup, scores)


def _melody(setup: Setup, scores: Sequence[Score]) -> Iterator[Row]:
    """Which notes are melody."""
    truth, likely, high = _melodies(scores)
    tune, bridge = PARTS.index("melody"), PARTS.index("bridge")
    for where, is_tune, counted, bar in (
        ("bridge counted as melody", truth > 0, [tune, bridge], MELODY_BAR),
        ("bridge counted as accompaniment", truth == tune, [tune], None),
    ):
        said = likely[:, counted].sum(axis=1) > 0.5
        metric = f"melody notes of pop909 valid, {where}"
        yield setup.row(metric, ENCODER, 100 * float(np.mean(said == is_tune)), "%", at_least=bar)
        published = 79.51 if bar else 78.54
        yield setup.row(metric, SKYLINE, 100 * float(np.mean(high == is_tune)), "%", published=published)
        yield setup.row(metric, COMMONEST, 100 * max(float(is_tune.mean()), 1 - float(is_tune.mean())), "%")
        for name, guess in ((ENCODER, said), (SKYLINE, high)):
            found = 2 * float((guess & is_tune).sum()) / max(float(guess.sum() + is_tune.sum()), 1.0)
            yield setup.row(f"F1 of {metric}", name, 100 * found, "%")
    yield setup.row(
        "melody, bridge or other, notes of pop909 valid", ENCODER, 100 * float(np.mean(likely.argmax(1) == truth)), "%"
    )


def _chords(setup: Setup, scores: Sequence[Score]) -> Iterator[Row]:
    """Root and triad per quarter, and what is gained on the analysis that needs no learning."""
    ears = shipped_ears().of_roots("chords")
    learnt, plain = Counter[str](), Counter[str]()
    for score in scores:
        learnt.update(right_chords(score, [one.chord for one in heard_chords(score, ears)]))
        plain.update(right_chords(score, name_chords(score)))
    for name, bar in CHORD_BARS.items():
        shares = [100 * counts[name] / max(1, counts["beats"]) for counts in (learnt, plain)]
        yield setup.row(f"chord {name} per beat, pop909 valid", EARS, shares[0], "%", at_least=bar)
        gain = shares[0] - shares[1]
        yield setup.row(f"chord {name} per beat, gain on theory", EARS, gain, "points", at_least=GAIN)


def _melodies(scores: Sequence[Score]) -> tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.bool_]]:
    """Part of each note, how likely each part is, and whether it is of the skyline."""
    truth, likely, high = [], [], []
    for score in scores:
        rows_of = note_rows(score)
        top = skyline(score)
        truth.append(parts_of(score, rows_of))
        likely.append(part_shares(rows_of, shipped_encoder()))
        high.append(np.array([top[track][place] for track, place in rows_of.source.tolist()]))
    return np.concatenate(truth).astype(np.int64), np.concatenate(likely), np.concatenate(high)


def _keys(setup: Setup) -> Iterator[Row]:
    """Tonic right, of the tunes that the area `theory` asks for."""
    try:
        folder: Path = corpus_folder()
    except BoyaError as error:
        setup.note(f"listening: keys of tunes are left out: {error}")
        return
    if not (setup.slow or setup.quick):
        setup.note("listening: keys of tunes take minutes and are measured with --slow; earlier rows stay")
        return
    ears = shipped_ears().of_roots("key")
    for name, title, bar in TUNES:
        tunes = list(tunes_with_key(folder / name, setup.pick(100_000, 20)))
        truth = np.array([score.timeline.keys[0].tonic for score in tunes])
        named = np.array([(heard_key(score, ears)[0].tonic, find_key(score).tonic) for score in tunes])
        learnt, plain = (named == truth[:, None]).mean(axis=0).tolist()
        yield setup.row(f"key of folk tunes, {title}", EARS, learnt, at_least=bar + GAIN / 100)
        yield setup.row(f"key of folk tunes, {title}, gain on theory", EARS, 100 * (learnt - plain), "points", at_least=GAIN)


def _makers(setup: Setup, packed: Packed) -> Iterator[Row]:
    """Pieces that people wrote and drafts of the composer, told apart."""
    pieces = [piece for piece in pieces_of(packed, "valid", setup.pick(96, 16)) if piece.encoded.n_bars >= DRAFT_BARS]
    lent, others = ([piece.encoded for piece in pieces[start::2]] for start in (0, 1))
    if not lent or not others:
        setup.note("listening: no piece of valid is long enough to be told from a machine's")
        return
    written = write_drafts(Composer(), lent, DRAFT_BARS, setup.rng())
    right = []
    for maker, scores in (("machine", written), ("people", [heard(piece, DRAFT_BARS) for piece in others])):
        named = [machine_guess(score, shipped_ears().temperature).name == maker for score in scores if excerpts_of(score)]
        right.append(float(np.mean(named)))
        yield setup.row(f"pieces by {'a machine' if maker == 'machine' else maker}, recognised", EARS, 100 * right[-1], "%")
    yield setup.row("real or machine-made, mean of both", EARS, 100 * float(np.mean(right)), "%")


class _Seen:
    """Pieces of a split as the ears take them, with what is known of them."""

    def __init__(
        self,
        entries: list[dict[str, str]],
        described: NDArray[np.float32],
        histograms: NDArray[np.float32],
        vectors: NDArray[np.float32],
    ) -> None:
        self.entries, self.described, self.histograms, self.vectors = entries, described, histograms, vectors
        self.styles, self.substyles, self.composers, self.sources = (
            [str(entry[name]) for entry in entries] for name in ("style", "substyle", "composer", "source")
        )

    @classmethod
    def of(cls, packed: Packed, split: str, most: int) -> "_Seen":
        """Describe the pieces of a split, evenly thinned where there are more."""
        numbers = [n for n in packed.split(split).tolist() if packed.pieces[n]["notes"]]
        numbers = [numbers[at] for at in np.linspace(0, len(numbers) - 1, min(len(numbers), most)).round().astype(int)]
        of_notes = [note_rows(packed.score(number)) for number in numbers]
        described = np.stack([describe(one) for one in of_notes])
        histograms = np.stack([describe(one, HISTOGRAM) for one in of_notes])
        vectors = np.stack([shipped_encoder().vector(one) for one in of_notes])
        return cls([packed.pieces[number] for number in numbers], described, histograms, vectors)

    def where(self, is_kept: list[bool]) -> "_Seen":
        """Return some of the pieces."""
        kept = np.flatnonzero(is_kept)
        return _Seen([self.entries[at] for at in kept.tolist()], self.described[kept], self.histograms[kept], self.vectors[kept])

    def only(self, source: str) -> "_Seen":
        """Return the pieces of a source; all for the empty one."""
        return self.where([not source or one == source for one in self.sources])


def _named(shares: NDArray[np.float64], what: str) -> list[str]:
    """The likeliest class of each piece."""
    classes = shipped_ears().of_classes(f"{what}.described").classes
    return [classes[best] for best in shares.argmax(axis=1)]


def _right(shares: NDArray[np.float64], what: str, truth: Sequence[str]) -> float:
    """Share of right answers, %."""
    return _share(_named(shares, what), truth)


def _share(named: Sequence[str], truth: Sequence[str]) -> float:
    """Share of equal names, %."""
    return 100 * float(np.mean([a == b for a, b in zip(named, truth, strict=True)]))
