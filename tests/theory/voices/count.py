"""Count the chords of the training chorales and what follows each: the table src/boya/theory/voices/data/grammar.toml.

    python tests/theory/voices/count.py DATA [OUT]

DATA holds benchmarks/jsb_chorales_16th.npz. A chord is what sounds on a beat; beats without a chord of the table are skipped
over. The key of each chorale is found by `boya.theory.keys.find_key`. Chords counted fewer than
`LEAST` times are left out, unless a pitch class would have no chord.
"""

import json
import sys
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import numpy as np

from boya.proof.chorales import read_chorales
from boya.theory.chords import chord_pitch_classes
from boya.theory.figured import figured_name, parse_figured
from boya.theory.voices.checking import setting_of

LEAST, LEAST_PAIR, LEAST_CHORDS = 8, 2, 4
QUALITIES = {
    (4, 7, -1): "maj", (3, 7, -1): "min", (3, 6, -1): "dim", (4, -1, -1): "maj", (3, -1, -1): "min",
    (4, 7, 10): "7", (3, 7, 10): "min7", (4, 7, 11): "maj7", (3, 6, 10): "hdim7", (3, 6, 9): "dim7",
    (4, -1, 10): "7", (3, -1, 10): "min7", (4, -1, 11): "maj7",
}  # fmt: skip
OTHER = {"major": {1, 3, 6, 8, 10}, "minor": {1, 4, 6, 9}}
TONIC, SUBDOMINANT = {"major": {0, 4, 9}, "minor": {0, 3, 8}}, {"major": {2, 5}, "minor": {2, 5, 8}}


def named(mode, root, quality, step):
    """Roman numeral with figures, and function."""
    numeral = figured_name(root, quality, (root + step) % 12, 0, mode)
    if parse_figured(numeral, 0, mode).of:
        return numeral, "applied dominant"
    role = "tonic" if root in TONIC[mode] else "subdominant" if root in SUBDOMINANT[mode] else "dominant"
    return numeral, "other" if root in OTHER[mode] else role


def counted(scores):
    """Chords of each mode in order, for every chorale."""
    for score in scores:
        setting = setting_of(score)
        found = []
        for moment in np.flatnonzero(setting.voices.on_beat):
            root, *others = setting.chords[moment].tolist()
            quality = QUALITIES.get(tuple((note - root) % 12 if note >= 0 else -1 for note in others))
            if root >= 0 and quality is not None:
                bass = min(p for p in setting.pitch[moment].tolist() if p >= 0)
                found.append(((root - setting.tonic) % 12, quality, (bass - root) % 12))
        yield setting.mode, found


def kept_chords(uses):
    """The common chords, and for each pitch class the commonest that have it, so that every melody finds chords."""
    order = [chord for chord, _ in uses.most_common()]
    kept = {chord for chord in order if uses[chord] >= LEAST}
    for note in range(12):
        having = [(root, *others) for root, *others in order if note in chord_pitch_classes(root, others[0])]
        kept |= set(having[:LEAST_CHORDS])
    return [chord for chord in order if chord in kept]


def main(data, out="src/boya/theory/voices/data/grammar.toml"):
    uses, pairs, ends, firsts = (defaultdict(Counter) for _ in range(4))
    for mode, found in counted(read_chorales(Path(data) / "benchmarks" / "jsb_chorales_16th.npz", "train")):
        uses[mode].update(found)
        pairs[mode].update(pairwise(found))
        ends[mode].update(found[-1:])
        firsts[mode].update(found[:1])
    lines = [HEAD]
    for mode in ("major", "minor"):
        kept = kept_chords(uses[mode])
        names = {chord: named(mode, *chord)[0] for chord in kept}
        assert len(set(names.values())) == len(names), names
        for chord in kept:
            after = {names[b]: n for (a, b), n in pairs[mode].most_common() if a == chord and b in names and n >= LEAST_PAIR}
            told = ", ".join(f'"{name}" = {count}' for name, count in after.items())
            root, quality, bass = chord
            roman, role = named(mode, *chord)
            facts = {"roman": roman, "function": role, "root": root, "quality": quality, "bass": (root + bass) % 12}
            facts |= {"count": uses[mode][chord], "first": firsts[mode][chord], "last": ends[mode][chord]}
            rows = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in facts.items()]
            lines.append("\n".join([f"[[{mode}]]", *rows, f"next = {{ {told} }}", ""]))
    Path(out).write_text("\n".join(lines), encoding="utf-8")


HEAD = """\
# The grammar of chorales: which chords J. S. Bach uses on the beat, and how often each follows each.
# `root` and `bass` are semitones above the tonic; `count` beats with the chord, `first` and `last` chorales that begin and end
# on it, `next` how often which chord sounds on the next beat (once is left out).
# Functions after H. Riemann, Vereinfachte Harmonielehre, 1893.
# Source: counted on the 229 training chorales of N. Boulanger-Lewandowski's set, ICML 2012, in the keys that boya.theory.keys
# finds (command: python tests/theory/voices/count.py DATA). Chords with fewer than 8 beats are left out,
# but for the four commonest of each note.
"""

if __name__ == "__main__":
    main(*sys.argv[1:])
