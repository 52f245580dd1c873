"""Count the odds of an analysis on the odd-numbered annotated pieces of music21; the even-numbered ones are left for measuring.

    python tests/theory/analysis/count_odds.py PACKED > src/boya/theory/data/analysis_odds.toml

A chorale counts three times, since there are few and most music is nearer to them than to madrigals. With the odds so counted
every tenth song of lieder `train` in the packed corpus PACKED is analysed, and which numeral follows which in them is added at
a tenth of its weight. Tried on halves of the counted pieces, the first brought 1.2 points of the key in chorales and 1.7 in
madrigals, the second 1 to 2 and nothing. Takes minutes: music21 reads some thirty scores.
"""

import sys
import tomllib
from collections import Counter, defaultdict
from dataclasses import dataclass, field

import numpy as np

from boya.corpus import open_packed
from boya.proof.annotated import CHORALES, annotated, corpus_folder
from boya.score import MINOR_MODES
from boya.theory.analysis.decoding import decode
from boya.theory.analysis.frames import N_MANNERS, frames_of, notes_of
from boya.theory.analysis.harmonies import Clock, harmonies
from boya.theory.analysis.homes import home_odds
from boya.theory.analysis.odds import odds_of
from boya.theory.analysis.roman_text import Label
from boya.theory.analysis.vocabulary import MODES_HERE, vocabulary
from boya.theory.figured import Figured
from boya.theory.keys import find_key

HEAD = """\
# What sounds under each chord, what follows what, when chords and keys change: the odds of `boya.theory.analysis`, as counts.
# Counted on the odd-numbered annotated pieces that come with music21 (Riemenschneider chorales 1, 3, 5 ..., each three times;
# Monteverdi madrigals 3.1, 3.3 ...; analyses by D. Tymoczko and others); the even-numbered ones are for measuring.
# Added to `rows` and `follow`, at a tenth of its weight: every tenth song of lieder `train` (OpenScore Lieder, CC0) as analysed
# with the odds so counted. Command: python tests/theory/analysis/count_odds.py PACKED
#   change         share of the frames, by place (bar, middle, beat, off), at which the chord changes
#   keys           key to key from chord to chord: mode, interval of the tonics, mode
#   strange        log odds of a note foreign to the chord by its interval above the tonic, for major and minor
#   home           quarters in each key: mode of the piece, interval from its tonic, mode
#   manners        frames of a note of the chord, and of one foreign to it, by manner (see boya.theory.analysis.frames)
#   sounds, bass   share of the frames in which each interval above the root sounds; in the bass, for each inversion
#   leaves         how often each numeral gave way, and how often a chord would have given way in its places
#   follow         which numeral follows which
"""
EVEN = 20.0  # frames of a usual chord added to those of each quality
CHORALE_TIMES, SONG_WEIGHT, SONG_STEP = 3, 0.1, 10


@dataclass
class Counts:
    """All that is counted."""

    words: object = field(default_factory=vocabulary)

    def __post_init__(self):
        n_qualities, n_rows = len(self.words.qualities), len(self.words.rows)
        self.sounds, self.frames = np.zeros((n_qualities, 12)), np.zeros(n_qualities)
        self.bass, self.inversions = np.zeros((n_qualities, 4, 12)), np.zeros((n_qualities, 4))
        self.inversions_of = defaultdict(lambda: np.zeros(4))
        self.manners, self.change = np.zeros((2, N_MANNERS)), np.zeros((4, 2))
        self.places, self.left = np.zeros((n_rows, 4)), np.zeros(n_rows)
        self.strange, self.strange_frames = np.zeros((2, 12)), np.zeros((2, 12))
        self.home, self.keys = np.zeros((2, 12, 2)), np.zeros((2, 12, 2))
        self.rows = {mode: Counter() for mode in MODES_HERE}
        self.follow = {mode: defaultdict(Counter) for mode in MODES_HERE}

    def row(self, label):
        chord = label.chord
        return self.words.find(label.mode, chord.root - label.tonic, chord.quality, chord.of)

    def add(self, piece, plainness):
        frames = frames_of(piece.score, notes_of(piece.score), plainness)
        labels = [label for _, label in piece.labels]
        at = np.searchsorted([tick for tick, _ in piece.labels], frames.bounds[:-1], side="right") - 1
        self.add_sequence(labels)
        self.add_keys(piece.score, frames, labels, at)
        for t in np.flatnonzero(at >= 0).tolist():
            self.add_change(frames, labels, at, t)
            if self.row(labels[at[t]]) is not None and frames.share[t].any():
                self.add_frame(frames, labels[at[t]], t)

    def add_sequence(self, labels):
        """Numerals, inversions, and what follows what; a chord before a change of key counts as it is in the new key."""
        before = None
        for label in labels:
            row = self.row(label)
            if row is not None:
                name, mode = self.words.rows[row].text, label.mode
                self.rows[mode][name] += 1
                self.inversions[self.words.row_quality[row], label.chord.inversion] += 1
                self.inversions_of[f"{mode} {name}"][label.chord.inversion] += 1
                if before is not None:
                    last, last_row = before
                    turn = (label.tonic - last.tonic) % 12
                    self.keys[MODES_HERE.index(last.mode), turn, MODES_HERE.index(mode)] += 1
                    if (last.tonic, last.mode) != (label.tonic, mode):
                        last_row = self.words.find(mode, last.chord.root - label.tonic, last.chord.quality)
                    if last_row is not None:
                        self.follow[mode][self.words.rows[last_row].text][name] += 1
            before = None if row is None else (label, row)

    def add_keys(self, score, frames, labels, at):
        key = find_key(score)
        quarters = np.diff(frames.bounds) / 480
        for t in np.flatnonzero(at >= 0).tolist():
            label, mode = labels[at[t]], MODES_HERE.index(labels[at[t]].mode)
            self.home[int(key.mode in MINOR_MODES), (label.tonic - key.tonic) % 12, mode] += quarters[t]

    def add_change(self, frames, labels, at, t):
        if t == 0:
            return
        changed = at[t] != at[t - 1]
        self.change[frames.place[t], int(changed)] += 1
        row = self.row(labels[at[t - 1]]) if at[t - 1] >= 0 else None
        if row is not None:
            self.places[row, frames.place[t]] += 1
            self.left[row] += changed

    def add_frame(self, frames, label, t):
        quality, root = self.words.row_quality[self.row(label)], label.chord.root
        members = self.words.members[quality]
        self.sounds[quality] += np.roll(frames.share[t], -root)
        self.frames[quality] += 1
        foreign = ~np.isin((np.arange(12) - root) % 12, members)
        mode = MODES_HERE.index(label.mode)
        self.strange[mode] += np.roll(frames.share[t] * foreign, -label.tonic)
        self.strange_frames[mode] += np.roll(foreign, -label.tonic)
        np.add.at(self.manners, (foreign.astype(int), frames.manner[t]), frames.share[t])
        if frames.bass[t] >= 0:
            self.bass[quality, label.chord.inversion, (frames.bass[t] - root) % 12] += 1

    def plainness(self):
        shares = (self.manners + 0.5) / (self.manners + 0.5).sum(axis=1, keepdims=True)
        return 0.2 * np.clip(np.log(shares[0] / shares[1]), -3, 3)

    def tables(self):
        """The smoothed shares of sounds and bass."""
        is_member = np.array([np.isin(np.arange(12), tones) for tones in self.words.members])
        usual = [self.sounds[side].sum() / (side * self.frames[:, None]).sum() for side in (~is_member, is_member)]
        sounds = (self.sounds + EVEN * np.where(is_member, usual[1], usual[0])) / (self.frames[:, None] + EVEN)
        kinds = np.zeros(3)
        for quality, tones in enumerate(self.words.members):
            for inversion, tone in enumerate(tones[tones >= 0]):
                counts = self.bass[quality, inversion]
                inside = counts[tones[tones >= 0]].sum()
                kinds += [counts[tone], inside - counts[tone], counts.sum() - inside]
        bass = {}
        for quality, name in enumerate(self.words.qualities):
            tones = self.words.members[quality][self.words.members[quality] >= 0]
            bass[name] = []
            for inversion, tone in enumerate(tones):
                even = np.where(is_member[quality], kinds[1] / (len(tones) - 1), kinds[2] / (12 - len(tones))) / kinds.sum()
                even[tone] = kinds[0] / kinds.sum()
                counts = self.bass[quality, inversion]
                bass[name].append((counts + EVEN * even) / (counts.sum() + EVEN))
        return sounds, bass


def array(values):
    if np.ndim(values) == 0:
        return f"{values:g}"
    return "[" + ", ".join(array(value) for value in values) + "]"


def lines(counts):
    """The table as TOML."""
    words, (sounds, bass) = counts.words, counts.tables()
    change = counts.change[:, 1] / counts.change.sum(axis=1)
    strange = (counts.strange + 1) / (counts.strange_frames + 10)
    usual = counts.inversions.sum(axis=0) / counts.inversions.sum()
    yield HEAD
    yield f"change = {array(change.round(4))}"
    yield f"keys = {array(counts.keys)}"
    yield f"strange = {array(np.log(strange / strange.max(axis=1, keepdims=True)).round(3))}"
    yield f"home = {array(counts.home.round(1))}"
    yield f"manners = {array(counts.manners.round(1))}"
    yield "\n[sounds]"
    yield from (f'"{name}" = {array(row.round(4))}' for name, row in zip(words.qualities, sounds, strict=True))
    yield "\n[bass]"
    for name, rows in bass.items():
        yield f'"{name}" = [\n' + "".join(f"  {array(row.round(4))},\n" for row in rows) + "]"
    yield "\n[inversions]"
    for quality, name in enumerate(words.qualities):
        n = int((words.members[quality] >= 0).sum())
        yield f'"{name}" = {array((counts.inversions[quality, :n] + 3 * usual[:n]).round(1))}'
    yield "\n[inversions_of]"
    for name, row in sorted(counts.inversions_of.items()):
        n = next(r.n_inversions for r in words.rows if f"{r.mode} {r.text}" == name)
        yield f'"{name}" = {array(row[:n])}'
    for mode in MODES_HERE:
        yield f"\n[leaves.{mode}]"
        for i, row in enumerate(words.rows):
            if row.mode == mode and counts.places[i].any():
                yield f'"{row.text}" = {array([counts.left[i], round(float(counts.places[i] @ change), 1)])}'
        yield f"\n[rows.{mode}]"
        yield from (f'"{name}" = {n:g}' for name, n in counts.rows[mode].most_common())
        yield f"\n[follow.{mode}]"
        for name, after in sorted(counts.follow[mode].items(), key=lambda item: (-item[1].total(), item[0])):
            yield f'"{name}" = {{ ' + ", ".join(f'"{other}" = {n:g}' for other, n in after.most_common()) + " }"


def counted(pieces):
    """Count twice: the second time the plainest note of a pitch class is known."""
    repeated = [piece for piece in pieces for _ in range(CHORALE_TIMES if piece.group == CHORALES else 1)]
    plainness = np.zeros(N_MANNERS)
    for _ in range(2):
        counts = Counts()
        for piece in repeated:
            counts.add(piece, plainness)
        plainness = counts.plainness()
    return counts


def with_songs(counts, scores):
    """Add what follows what in songs, as analysed with the odds counted so far."""
    odds, songs = odds_of(tomllib.loads("\n".join(lines(counts))), counts.words), Counts()
    for score in scores:
        frames = frames_of(score, notes_of(score), counts.plainness())
        chords = harmonies(decode(frames, odds, home_odds(score, odds)), frames, Clock(score))
        songs.add_sequence([label_of(chord) for chord in chords if chord.root is not None])
    for mode in MODES_HERE:
        for name, n in songs.rows[mode].items():
            counts.rows[mode][name] += round(SONG_WEIGHT * n, 1)
        for name, after in songs.follow[mode].items():
            for other, n in after.items():
                counts.follow[mode][name][other] += round(SONG_WEIGHT * n, 1)
    return counts


def label_of(chord):
    figured = Figured(chord.root, chord.quality, chord.bass, chord.degree, chord.of, chord.inversion)
    return Label(chord.bar, chord.beat + 1, chord.tonic, chord.mode, figured)


def songs_of(packed):
    wanted = [i for i in packed.split("train").tolist() if packed.pieces[i]["source"] == "lieder"]
    return [packed.score(i) for i in wanted[::SONG_STEP]]


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    annotated_pieces = list(annotated(corpus_folder(), is_for_counting=True))
    print("\n".join(lines(with_songs(counted(annotated_pieces), songs_of(open_packed(sys.argv[1]))))))
