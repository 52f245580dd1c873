"""The judge hears drafts as far as they are written, and the listener decides where the critic finds them alike."""

import numpy as np
import pytest

from boya.composing.filling import listening
from boya.composing.filling.critic import distances
from boya.evaluation.excerpts import excerpt_names


class Ear:
    """Hears machines where there are many notes; keeps what it was told."""

    def hear(self, described):
        self.described = described
        return described[:, excerpt_names().index("notes melody")] * 10 - 25


@pytest.fixture
def ear(monkeypatch):
    ear = Ear()
    monkeypatch.setattr("boya.evaluation.listener.shipped_listener", lambda: ear)
    return ear


def draft(desk, n_bars, notes):
    rows = [(4 * bar + n, 1, 60) for bar in range(n_bars) for n in range(notes)]
    return desk.piece(desk.track(*rows, program=73, role="melody"))


def test_of_two_the_one_that_sounds_real_is_nearer(desk, ear):
    scores = [draft(desk, 4, 2), draft(desk, 4, 3)]
    made = desk.sheet(*scores[0].tracks, n_bars=4)
    written = desk.select(made)
    plain = distances(scores, made, written)
    assert np.allclose(listening.listened(scores, made, written) - plain, [-0.15 * 4, 0.15 * 4])


def test_what_is_not_written_yet_is_not_heard(desk, ear):
    score = draft(desk, 12, 2)
    sheet = desk.sheet(*score.tracks, n_bars=12)
    listening.listened([score], sheet, desk.select(sheet, bars=[9]))
    eight = ear.described
    listening.listened([score.slice_bars(2, 10)], sheet, desk.select(sheet, bars=[7]))
    assert np.allclose(eight, ear.described, equal_nan=True)


def test_an_empty_draft_can_be_judged(desk):
    sheet = desk.sheet(desk.track(program=73, role="melody"), n_bars=4)
    assert np.isfinite(listening.listened([sheet.score], sheet, desk.select(sheet))).all()
