"""Learn the network that hears foreign notes, on the training part of the chorales.

    python tests/theory/voices/learn.py DATA [OUT]    weights from the first 184 chorales of `train`; threshold from the other 45

DATA holds benchmarks/jsb_chorales_16th.npz; OUT is src/boya/theory/voices/data/foreign.npz if left out. `valid` and `test` are
not looked at. Needs torch; a few minutes on one core.
"""

import sys
from pathlib import Path

import numpy as np
import torch

from boya.proof.chorales import read_chorales
from boya.score import Track, note_array
from boya.theory.voices.foreign import all_notes, features
from boya.theory.voices.setting import chord_of
from boya.theory.voices.voices import voices_of

FIT, COPIES, GAP = 184, 8, 12 * 480
HIDDEN, PASSES, BATCH, RATE, DECAY, DROP = 192, 16, 512, 4e-3, 0.05, 0.5
FALSE_ALARMS = 0.0010  # a note; Bach's own rate of parallels is 0.0014
WRONG = (-2, -1, 1, 2)


def is_wrong(voices, owner, row, pitch):
    """Whether a note would make no chord, and is no suspension, passing note or anticipation."""
    line = voices.lines[owner].notes
    moment = int(np.searchsorted(voices.ticks, line["onset"][row]))
    sounding = voices.pitch[moment].tolist()
    sounding[owner] = pitch
    sounding = [p for p in sounding if p >= 0]
    if chord_of(sum(1 << pc for pc in {p % 12 for p in sounding}), min(sounding) % 12, 0)[0] >= 0:
        return False
    before = int(line["pitch"][row - 1]) if row else None
    after = int(line["pitch"][row + 1]) if row + 1 < len(line) else None
    if pitch in (before, after):
        return False
    return not (before is not None and after is not None and abs(pitch - before) <= 2 and 1 <= abs(pitch - after) <= 2)


def examples_of(score, rng):
    """Features and labels of a chorale: as it is, with each note moved in turn, and in copies with several wrong notes."""
    voices = voices_of(score)
    owner, row = all_notes(voices)
    yield features(voices, owner, row), np.zeros(len(owner))
    pitch = np.array([voices.lines[v].notes["pitch"][r] for v, r in zip(owner, row, strict=True)], dtype=int)
    for step in WRONG:
        places = zip(owner, row, pitch, strict=True)
        wrong = np.array([is_wrong(voices, int(v), int(r), int(p) + step) for v, r, p in places])
        yield features(voices, owner[wrong], row[wrong], step), np.ones(int(wrong.sum()))
    for _ in range(COPIES):
        altered, label = with_wrong_notes(voices, rng)
        yield features(altered, *all_notes(altered)), label


def with_wrong_notes(voices, rng):
    """A copy with a wrong note every few bars, and which notes those are."""
    tracks = [track.notes.copy() for track in voices.score.tracks]
    label = [np.zeros(len(notes)) for notes in tracks]
    for start in range(int(rng.integers(GAP)), voices.score.end, GAP):
        near = [(v, r) for v, line in enumerate(voices.lines) for r in np.flatnonzero(abs(line.notes["onset"] - start) < GAP / 4)]
        for number in rng.permutation(len(near))[:6].tolist():
            v, r = near[number]
            pitch = int(voices.lines[v].notes["pitch"][r]) + int(rng.choice(WRONG))
            if is_wrong(voices, v, int(r), pitch):
                tracks[v]["pitch"][r], label[v][r] = pitch, 1
                break
    tracks = [Track(note_array(n), t.program, name=t.name) for n, t in zip(tracks, voices.score.tracks, strict=True)]
    return voices_of(voices.score.with_tracks(tracks)), np.concatenate(label)


def gathered(scores, rng):
    """All examples of some chorales as tensors."""
    pairs = [pair for score in scores for pair in examples_of(score, rng)]
    heard, labels = (np.concatenate(part) for part in zip(*pairs, strict=True))
    return torch.from_numpy(heard), torch.from_numpy(labels.astype(np.float32))


def learnt(heard, labels):
    """Train the network."""
    layers = torch.nn.Linear(heard.shape[1], HIDDEN), torch.nn.ReLU(), torch.nn.Dropout(DROP), torch.nn.Linear(HIDDEN, 1)
    network = torch.nn.Sequential(*layers)
    optimiser = torch.optim.AdamW(network.parameters(), RATE, weight_decay=DECAY)
    steps = PASSES * (len(heard) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps + 1)
    for number in range(PASSES):
        order = torch.randperm(len(heard))
        for batch in order[: len(order) // BATCH * BATCH].view(-1, BATCH):
            loss = torch.nn.functional.binary_cross_entropy_with_logits(network(heard[batch]).squeeze(1), labels[batch])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()
        print(f"pass {number + 1} of {PASSES}, loss {loss.detach():.4f}", flush=True)
    return network.eval()


def main(data, out="src/boya/theory/voices/data/foreign.npz"):
    torch.manual_seed(0)
    torch.set_num_threads(1)
    rng = np.random.default_rng(0)
    scores = read_chorales(Path(data) / "benchmarks" / "jsb_chorales_16th.npz", "train")
    network = learnt(*gathered(scores[:FIT], rng))
    heard = [features(voices, *all_notes(voices)) for voices in map(voices_of, scores[FIT:])]
    wrong, labels = gathered(scores[FIT:], rng)
    with torch.no_grad():
        odds = np.sort(network(torch.from_numpy(np.concatenate(heard))).squeeze(1).numpy())
        missed = network(wrong[labels > 0]).squeeze(1).numpy()
    for rate in (0.002, 0.0014, FALSE_ALARMS, 0.0007, 0.0005):
        threshold = odds[int(len(odds) * (1 - rate))]
        print(f"{rate} false alarms a note: threshold {threshold:.2f}, found {100 * (missed > threshold).mean():.2f}%")
    first, last = network[0], network[3]
    table = {"in": first.weight.T, "in_bias": first.bias, "out": last.weight[0], "out_bias": last.bias[0]}
    np.savez_compressed(out, **{name: values.detach().numpy().astype(np.float16) for name, values in table.items()})
    print(f"wrote {out}")


if __name__ == "__main__":
    main(*sys.argv[1:])
