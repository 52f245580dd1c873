"""The figures of knowing recordings again, in small."""

import numpy as np
import pytest

from boya.proof import listening_recordings as proof


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(proof, "KNOWN_SECOND", 10.0)
    monkeypatch.setattr(proof, "UNKNOWN_SECOND", 8.0)
    monkeypatch.setattr(proof, "LENGTHS", (5,))


def test_rows_are_whole(setup, small):
    found = list(proof.rows(setup))
    by = {row.metric: row for row in found}
    assert len(by) == len(found)
    assert by["recordings known"].value == 3
    assert by["hit@1, 5 s of a recording, as it is"].value == by["right within 0.1 s, 5 s of a recording, as it is"].value == 1
    assert {f"hit@1, 5 s of a recording, {kind}" for kind in proof.SPOILT} <= set(by)
    assert by["false answers, 5 s of an unknown recording"].bar == proof.FALSE


def test_clips_are_spoilt_as_said():
    rng = np.random.default_rng(0)
    tone = 0.1 * np.sin(2 * np.pi * 100 / proof.RATE * np.arange(proof.RATE)).astype(np.float32)
    spoilt = {kind: spoil(tone, rng.normal(size=len(tone)).astype(np.float32), rng) for kind, spoil in proof.SPOILT.items()}
    power = {kind: float(np.square(audio).mean() / np.square(tone).mean()) for kind, audio in spoilt.items()}
    assert power["as it is"] == 1
    assert power["noise at 10 dB"] == pytest.approx(1.1, abs=0.01)
    assert power["another recording playing along, as loud"] == pytest.approx(2, abs=0.05)
    assert power["telephone band (300-3400 Hz)"] < 1e-6
    assert len(spoilt["3% faster"]) == pytest.approx(proof.RATE / 1.03, abs=1)


def test_a_clip_is_not_silent():
    audio = np.concatenate([np.zeros(20 * proof.RATE), np.ones(6 * proof.RATE)]).astype(np.float32)
    clip, begin = proof._clip(audio, 5, np.random.default_rng(0))
    assert len(clip) == round(5.25 * proof.RATE)
    assert begin > 14
