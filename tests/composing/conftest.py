"""Scripted models for the composer: they write random legal music, hold notes over every seam, and remember their calls."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from boya.composing.constraints import combine
from boya.composing.filling import Filled
from boya.composing.plan_text import read_plan
from boya.representation.frames import FRAME_DTYPE
from boya.representation.grid import FIRST_PITCH, HOLD, LINE_WINDOWS, bits_of
from boya.score import ROLES, Key, Metre, Score, Tempo, Timeline, Track, note_array

STEP, BAR = 120, 1920


class FakeGan:
    """Every fourth step something that the mask allows begins; what sounded in the lead is held into the phrase."""

    def __init__(self):
        self.calls = []

    def write(self, harmony, settings, rng, *, mask=None, given=None, keep=(), lead=None, temperature=1.0):
        self.calls.append({"shape": harmony.shape, "settings": settings, "keep": keep, "lead": lead})
        written = harmony.copy()
        free = {role: np.ones((harmony.shape[1], 9 if role == "drums" else 48), dtype=bool) for role in ROLES} | dict(mask or {})
        for role in ROLES:
            names = [role, f"{role}_onset"] if role in ("chords", "pad") else [role]
            if role in keep:
                for name in names:
                    written[name] = given[name]
                continue
            for number in range(len(harmony)):
                before = None if lead is None else lead[number, -1]
                self.fill(written[number], role, free[role], before, rng)
        return written

    def fill(self, phrase, role, free, before, rng):
        sounding = np.uint64(0) if before is None or role not in ("chords", "pad") else before[role]
        for step in range(len(phrase)):
            begins = step % 4 == 2 if role == "pad" else step % 4 == 0 and step > 0
            row = np.flatnonzero(free[step])
            chosen = rng.choice(row, min(3, len(row)), replace=False) if begins and len(row) else []
            if role == "drums":
                phrase[role][step] = sum(1 << int(kind) for kind in chosen)
            elif role in LINE_WINDOWS:
                phrase[role][step] = FIRST_PITCH + LINE_WINDOWS[role][0] + chosen[0] if len(chosen) else HOLD
            else:
                onset = bits_of(np.isin(np.arange(48), chosen))
                sounding = onset if len(chosen) else sounding
                phrase[role][step], phrase[f"{role}_onset"][step] = sounding, onset


class FakeSeq2Seq:
    """A vector is the phrase itself: what is encoded comes back, as near as the mask allows."""

    def __init__(self, name):
        self.tracks = ("melody", "bass", "drums") if "trio" in name else ("melody",)
        self.vocabulary = (50, 50, 512)[: len(self.tracks)]
        self.n_steps = 32 if name.endswith("-2") else 256
        self.masks = []

    def encode(self, phrases):
        assert phrases.shape[1:] == (len(self.tracks), self.n_steps)
        assert phrases.min() >= 0
        assert (phrases < np.array(self.vocabulary)[:, None]).all()
        return phrases.reshape(len(phrases), -1).astype(np.float32)

    def imagine(self, n, rng, *, spread=1.0):
        tokens = np.stack([rng.integers(2, size, (n, self.n_steps)) for size in self.vocabulary], axis=1)
        tokens[..., np.arange(self.n_steps) % 4 != 0] = HOLD
        return self.encode(tokens)

    def vary(self, vectors, amount, rng):
        return np.where(rng.random(vectors.shape) < amount, self.imagine(len(vectors), rng), vectors)

    def change(self, vectors, attribute, amount):
        tokens, steps = np.rint(vectors), np.arange(vectors.shape[1])
        if attribute == "register":
            return np.where(tokens > HOLD, np.clip(tokens + round(9 * amount), 2, 49), tokens)
        if attribute == "syncopation":
            return np.roll(tokens, 2 if amount > 0 else 0, axis=1)
        if amount > 0:
            return np.where((tokens == HOLD) & (steps % (2 if amount > 1 else 8) == 0), 26, tokens)
        return np.where((tokens > HOLD) & (steps % (16 if amount < -1 else 8) > 0), HOLD, tokens)

    def decode(self, vectors, rng=None, *, temperature=0.0, mask=None):
        assert temperature == 0 or rng is not None
        self.masks.append(mask)
        tokens = np.rint(vectors).astype(np.int64).reshape(len(vectors), len(self.tracks), self.n_steps)
        for number, (track, size) in enumerate(zip(self.tracks, self.vocabulary, strict=True)):
            if track in (mask or {}):
                allowed = np.broadcast_to(mask[track], (len(vectors), self.n_steps, size))
                distance = np.abs(np.arange(size) - tokens[:, number, :, None]) + 10_000.0 * ~allowed
                tokens[:, number] = distance.argmin(-1)
        return tokens


class FakeFill:
    """Fills each selected bar of a track with one note that the limits allow, drawn anew; remembers sheets and selections."""

    def __init__(self):
        self.calls = []

    def __call__(self, sheet, selection, rng, *, alternatives=1, candidates=4, returning=0.0, listen=None, is_cancelled=None):
        self.calls.append((sheet, selection, {"alternatives": alternatives, "candidates": candidates}))
        scores = tuple(self.filled(sheet, selection, rng) for _ in range(alternatives))
        if listen is not None:
            listen(scores[0], int(selection.sum()), int(selection.sum()))
        is_complete = not (is_cancelled and is_cancelled())
        return Filled(scores, tuple(map(float, range(alternatives))), ("filled by a script",), is_complete)

    def filled(self, sheet, selection, rng):
        line = sheet.score.timeline
        starts = line.bar_starts(sheet.n_bars * max(m.ticks_per_bar for m in line.metres) + 1)[: sheet.n_bars]
        tracks = []
        for number, (t, row) in enumerate(zip(sheet.score.tracks, selection, strict=True)):
            bars = np.searchsorted(starts, t.notes["onset"], side="right") - 1
            kept = t.notes[[bar >= len(row) or not row[bar] for bar in bars]]
            limits = sheet.limits.of(number)
            low, high = (60 if limits.lowest is None else limits.lowest), (72 if limits.highest is None else limits.highest)
            new = [(int(starts[bar]), 240, int(rng.integers(low, max(low, high) + 1)), 77) for bar in np.flatnonzero(row)]
            tracks.append(replace(t, notes=np.concatenate([kept, note_array(new)])))
        return sheet.score.with_tracks(tracks)


@pytest.fixture(scope="module")
def fakes():
    """Put the scripted models in the place of the shipped ones."""
    gan, fill, made = FakeGan(), FakeFill(), {}

    def seq2seq(name):
        return made.setdefault(name, FakeSeq2Seq(name))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("boya.composing.writers.gan_model", lambda: gan)
        patch.setattr("boya.composing.writers.seq2seq_model", seq2seq)
        patch.setattr("boya.composing.melodies.seq2seq_model", seq2seq)
        patch.setattr("boya.composing.works.engine.fill", fill)
        yield SimpleNamespace(gan=gan, seq2seq=seq2seq, fill=fill)


@pytest.fixture(autouse=True, scope="module")
def _usual_model():
    """Who names no model means the hybrid here: these tests are about the models of the grid, or name the composer."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("boya.composing.which_model.USUAL_MODEL", "hybrid")
        yield


def track(role, *rows, name="", program=0):
    """A track of notes as (onset, duration, pitch) in steps."""
    notes = note_array([(on * STEP, n * STEP, pitch, 80) for on, n, pitch in rows])
    return Track(notes, program, role == "drums", name, "" if role == "drums" else role)


def tune(n_bars=8, tonic=0, role="melody", **names):
    """A scale up and down, four notes a bar."""
    scale = (0, 2, 4, 5, 7, 9, 11, 12, 11, 9, 7, 5, 4, 2)
    return track(role, *[(4 * i, 4, 60 + tonic + scale[i % len(scale)]) for i in range(4 * n_bars)], **names)


def score_of(*tracks, tonic=0, qpm=100.0, metres=((0, 4, 4),), chords=(), sections=(), title=""):
    timeline = Timeline((Tempo(0, qpm),), tuple(Metre(*m) for m in metres), (Key(0, tonic),))
    return Score(tuple(tracks), timeline, tuple(chords), tuple(sections), title)


def notes_of(score, role):
    """Notes of a role as (onset, duration, pitch) in steps."""
    found = [t for t in score.tracks if (t.role or ("drums" if t.is_drum else "")) == role]
    return [(on / STEP, n / STEP, p) for t in found for on, n, p, _ in t.notes.tolist()]


def forbidden(piece):
    """Onsets that the usual constraints of the piece's plan forbid, as (role, step, pitch)."""
    allowed = combine(read_plan(piece.plan))
    return [
        (role, int(on), p)
        for row, role in enumerate(ROLES)
        for on, _, p in notes_of(piece.score, role)
        if not allowed[row, int(on), p]
    ]


def frames(n_bars):
    """Silence over the chord of C."""
    made = np.zeros(16 * n_bars, dtype=FRAME_DTYPE)
    made["chroma"] = 1 << 0 | 1 << 4 | 1 << 7
    return made


@pytest.fixture(scope="session")
def band():
    return SimpleNamespace(track=track, tune=tune, score_of=score_of, notes_of=notes_of, forbidden=forbidden, frames=frames)
