"""Measure what the theory tables and key and chord finding claim, on the shared collections.

    python tests/theory/measure.py keys DATA          right keys on pop909 and lieder train by profile; as shipped on valid
    python tests/theory/measure.py chords DATA        right chords per beat on pop909 valid
    python tests/theory/measure.py profiles DATA      the shares in chord_profiles.toml, counted on pop909 train
    python tests/theory/measure.py styles DATA        tempo, modes and programs of each family of band train, as in styles.toml
    python tests/theory/measure.py progressions DATA  the commonest four-bar progressions of pop909 and ewld (train)

DATA holds catalog.csv and an archive for each collection. Figures stand in the module docstrings and tables they belong to.
"""

import csv
import sys
import tarfile
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np

from boya.errors import BoyaError
from boya.files import read_bytes
from boya.score import note_ends
from boya.theory.chord_naming import name_chords
from boya.theory.chords import chord_pitch_classes
from boya.theory.keys import MAJOR_PROFILE, MINOR_PROFILE, find_key, key_name, pitch_class_weights
from boya.theory.tables import load_table

PROFILES = {
    "Albrecht-Shanahan 2013": (MAJOR_PROFILE, MINOR_PROFILE),
    "Aarden-Essen 2003": (
        (17.7661, 0.145624, 14.9265, 0.160186, 19.8049, 11.3587, 0.291248, 22.062, 0.145624, 8.15494, 0.232998, 4.95122),
        (18.2648, 0.737619, 14.0499, 16.8599, 0.702494, 14.4362, 0.702494, 18.6161, 4.56621, 1.93186, 7.37619, 1.75623),
    ),
    "Temperley (Kostka-Payne) 2007": (
        (0.748, 0.060, 0.488, 0.082, 0.670, 0.460, 0.096, 0.715, 0.104, 0.366, 0.057, 0.400),
        (0.712, 0.084, 0.474, 0.618, 0.049, 0.460, 0.105, 0.747, 0.404, 0.067, 0.133, 0.330),
    ),
    "Bellman-Budge 2005": (
        (16.80, 0.86, 12.95, 1.41, 13.49, 11.93, 1.25, 20.28, 1.80, 8.04, 0.62, 10.57),
        (18.16, 0.69, 12.99, 13.34, 1.07, 11.15, 1.38, 21.07, 7.49, 1.53, 0.92, 10.21),
    ),
    "Krumhansl-Kessler 1982": (
        (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88),
        (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17),
    ),
    "Temperley 1999": ((5, 2, 3.5, 2, 4.5, 4, 2, 4.5, 2, 3.5, 1.5, 4), (5, 2, 3.5, 4.5, 2, 4, 2, 4.5, 3.5, 2, 1.5, 4)),
}
TRIADS = {"maj": "maj", "7": "maj", "maj7": "maj", "maj6": "maj", "min": "min", "min7": "min", "min6": "min", "minmaj7": "min"}
TRIADS |= {"dim": "dim", "hdim7": "dim", "dim7": "dim", "sus4(b7)": "sus4"}
FAMILY_OF_QUALITY = {"sus4(b7)": "sus4", "hdim7": "dim", "dim7": "dim", "maj6": "maj", "min6": "min", "minmaj7": "min"}
ROLE_OF_NAME = {"Melody": "melody", "Bass": "bass", "Walk": "bass", "Chord": "chords", "Arpeggio": "chords", "Plectrum": "chords"}
DEGREES = ("I", "bII", "II", "bIII", "III", "IV", "#IV", "V", "bVI", "VI", "bVII", "VII")


def pieces(data, collection, split):
    """Scores of one split with their catalog rows."""
    with (data / "catalog.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["path"]: row for row in csv.DictReader(file) if (row["collection"], row["split"]) == (collection, split)}
    with tarfile.open(data / f"{collection}.tar.xz", "r:xz") as archive:
        for member in archive:
            row = rows.get(member.name) or rows.get(f"{collection}/{Path(member.name).name}")
            if member.isfile() and row:
                try:
                    yield row, read_bytes(archive.extractfile(member).read(), Path(member.name).suffix)
                except BoyaError as error:
                    print(f"left out {member.name}: {error}", file=sys.stderr)


def true_key(score, collection):
    """Tonic and mode: written in pop909; in lieder the tonic of the signature on which the bass ends, or None."""
    if len(score.timeline.keys) != 1 or "key" in score.timeline.assumed:
        return None
    key = score.timeline.keys[0]
    if collection == "pop909":
        return key.tonic, key.mode
    tracks = [t.notes for t in score.tracks if t.n_notes]
    end = max(int(note_ends(n).max()) for n in tracks)
    last = min(int(n["pitch"][note_ends(n) >= end - 60].min(initial=127)) for n in tracks) % 12
    return {key.tonic: (last, "major"), (key.tonic + 9) % 12: (last, "minor")}.get(last)


def best_key(weights, profiles):
    """Tonic and mode with the highest correlation."""
    fits = [
        (np.corrcoef(weights, np.roll(p, t))[0, 1], t, m)
        for m, p in zip(("major", "minor"), profiles, strict=True)
        for t in range(12)
    ]
    return max(fits)[1:]


def measure_keys(data):
    """Share of right keys."""
    for collection in ("pop909", "lieder"):
        known = [(s, true_key(s, collection)) for _, s in pieces(data, collection, "train")]
        known = [(pitch_class_weights(s), s, key) for s, key in known if key]
        print(f"{collection} train, {len(known)} pieces")
        for name, profiles in PROFILES.items():
            print(f"  {name:32} {np.mean([best_key(w, profiles) == key for w, _, key in known]):.3f}")
        found = [find_key(s) for _, s, _ in known]
        print(f"  {'as shipped':32} {np.mean([(f.tonic, f.mode) == k for f, (_, _, k) in zip(found, known, strict=True)]):.3f}")
    valid = [(find_key(s), true_key(s, "pop909")) for _, s in pieces(data, "pop909", "valid")]
    print(f"pop909 valid, {len(valid)} pieces, as shipped {np.mean([(f.tonic, f.mode) == k for f, k in valid]):.3f}")


def chord_at(chords, n_beats):
    """The chord in force in the middle of each quarter, or None."""
    found = [None] * n_beats
    for chord in chords:
        for beat in range(max(0, (chord.onset + 239) // 480), min(n_beats, (chord.end + 239) // 480)):
            found[beat] = chord
    return found


def measure_chords(data):
    """Share of beats with the right root, and root and triad."""
    root = triad = beats = 0
    for _, score in pieces(data, "pop909", "valid"):
        n = -(-score.end // 480)
        for true, named in zip(chord_at(score.chords, n), chord_at(name_chords(score), n), strict=True):
            if true is not None and true.root is not None:
                beats += 1
                root += named.root == true.root
                same = TRIADS.get(named.quality, named.quality) == TRIADS.get(true.quality, true.quality)
                triad += named.root == true.root and same
    print(f"pop909 valid, {beats} beats: root {root / beats:.3f}, root and triad {triad / beats:.3f}")


def measure_profiles(data):
    """Shares of notes and bass under each quality; odds of a change."""
    names = [row["quality"] for row in load_table("chord_profiles")["profile"]]
    notes, bass, beats = np.full((len(names), 12), 0.5), np.full((len(names), 12), 0.5), Counter()
    for _, score in pieces(data, "pop909", "train"):
        n = -(-score.end // 480)
        sounding = np.zeros((n, 128))
        for track in score.tracks:
            for onset, end, pitch in zip(
                track.notes["onset"].tolist(), note_ends(track.notes).tolist(), track.notes["pitch"], strict=True
            ):
                for beat in range(onset // 480, (end - 1) // 480 + 1):
                    sounding[beat, pitch] += (min(end, 480 * (beat + 1)) - max(onset, 480 * beat)) / 480
        for heard, chord in zip(sounding, chord_at(score.chords, n), strict=True):
            quality = chord and FAMILY_OF_QUALITY.get(chord.quality, chord.quality)
            if chord is None or chord.root is None or quality not in names:
                continue
            row = names.index(quality)
            beats[quality] += 1
            np.add.at(notes[row], (np.arange(128) - chord.root) % 12, heard)
            low = np.flatnonzero(heard > 0.12)
            if len(low):
                bass[row, (low[0] - chord.root) % 12] += 1
    for row, name in enumerate(names):
        print(f"{name}: share {beats[name] / beats.total():.4f}")
        print("  notes", np.round(notes[row] / notes[row].sum(), 4).tolist())
        print("  bass ", np.round(bass[row] / bass[row].sum(), 4).tolist())


def role_of(track):
    """Role of a band track by its name and notes."""
    role = ROLE_OF_NAME.get(track.name.partition("-")[0])
    if role == "chords" and np.median(track.notes["duration"]) >= 1.9 * 480:
        return "pad"
    return None if role == "bass" and track.notes["pitch"].mean() > 55 else role


def measure_styles(data):
    """Tempo, modes, programs and drums of each family."""
    tempos, keys, drums, programs = defaultdict(list), defaultdict(Counter), Counter(), defaultdict(Counter)
    for row, score in pieces(data, "band", "train"):
        style = row["style"]
        tempos[style].append(score.timeline.tempos[0].qpm)
        key = find_key(pitch_class_weights(score))
        keys[style][key_name(key.tonic, key.mode)] += 1
        drums[style] += any(t.is_drum and t.n_notes for t in score.tracks)
        for track in score.tracks:
            role = role_of(track) if track.n_notes and not track.is_drum else None
            if role:
                programs[style, role][track.program] += 1
    for style, found in sorted(tempos.items()):
        low, usual, high = np.percentile(found, [5, 50, 95]).round().astype(int)
        minor = sum(n for name, n in keys[style].items() if name.endswith("minor")) / len(found)
        print(
            f"{style}: {len(found)} pieces, tempo {low}-{usual}-{high}, minor {minor:.2f}, drums {drums[style] / len(found):.2f}"
        )
        print("  keys   ", keys[style].most_common(12))
        for role in ("melody", "chords", "bass", "pad"):
            print(f"  {role:7}", programs[style, role].most_common(8))


def measure_progressions(data):
    """In how many pieces four bars in a row occur."""
    for collection in ("pop909", "ewld"):
        found, n = defaultdict(Counter), Counter()
        for _, score in pieces(data, collection, "train"):
            if any(m.ticks_per_bar != 1920 for m in score.metre_changes()) or not score.chords:
                continue
            key = score.timeline.keys[0] if collection == "pop909" else key_of_chords(score)
            halves = chord_at(score.chords, -(-score.end // 480) // 2 * 2)[::2]
            bars = [
                " ".join(dict.fromkeys(numeral(c, key.tonic) for c in halves[i : i + 2])) for i in range(0, len(halves) - 1, 2)
            ]
            windows = {" | ".join(bars[i : i + 4]) for i in range(len(bars) - 3) if len(set(bars[i : i + 4])) > 1}
            found[key.mode].update(w for w in windows if "N" not in w)
            n[key.mode] += 1
        for mode, counts in found.items():
            print(f"{collection} train, {mode}, {n[mode]} pieces")
            for progression, count in counts.most_common(200):
                print(f"  {count:3}  {progression}")


def key_of_chords(score):
    """Key of the notes of the chord symbols."""
    weights = np.zeros(12)
    for chord in score.chords:
        if chord.root is not None:
            weights[list(chord_pitch_classes(chord.root, chord.quality))] += chord.duration
    return find_key(weights)


def numeral(chord, tonic):
    """Degree and quality, such as IIm7."""
    if chord is None or chord.root is None:
        return "N"
    return DEGREES[(chord.root - tonic) % 12] + {"maj": "", "min": "m", "min7": "m7"}.get(chord.quality, chord.quality)


if __name__ == "__main__":
    tasks = {"keys": measure_keys, "chords": measure_chords, "profiles": measure_profiles}
    tasks |= {"styles": measure_styles, "progressions": measure_progressions}
    if len(sys.argv) != 3 or sys.argv[1] not in tasks:
        sys.exit(__doc__)
    tasks[sys.argv[1]](Path(sys.argv[2]))
