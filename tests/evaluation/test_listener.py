"""A listener learns which of two kinds an excerpt is, and hears the same with NumPy as its teacher does."""

import numpy as np
import pytest

from boya.errors import InputError, ModelError
from boya.evaluation.excerpts import excerpt_names
from boya.evaluation.listener import Listener, shipped_listener

N = len(excerpt_names())


def described(rng, n, shift=0.0):
    rows = rng.normal(size=(n, N))
    rows[:, 7] += shift
    rows[:, 11] = np.where(rows[:, 7] > 0.5, np.nan, rows[:, 11])
    return rows


def test_it_tells_apart_what_it_was_taught(tmp_path):
    rng = np.random.default_rng(0)
    listener = Listener.fit(described(rng, 150, 1.5), described(rng, 150))
    machine, people = listener.hear(described(rng, 200, 1.5)), listener.hear(described(rng, 200))
    assert (machine > 0).mean() > 0.6
    assert (people < 0).mean() > 0.6
    listener.save(tmp_path / "listener.npz")
    again = Listener.load(tmp_path / "listener.npz")
    rows = described(rng, 20)
    assert np.allclose(again.hear(rows), listener.hear(rows))


def test_it_hears_what_scikit_learn_hears(monkeypatch):
    from sklearn import ensemble

    made = []

    class Kept(ensemble.GradientBoostingClassifier):
        def fit(self, x, y):
            made.append((super().fit(x, y), x))
            return self

    monkeypatch.setattr(ensemble, "GradientBoostingClassifier", Kept)
    rng = np.random.default_rng(1)
    listener = Listener.fit(described(rng, 60, 1.0), described(rng, 90))
    teacher, x = made[0]
    assert np.allclose(listener.hear(x), teacher.decision_function(x) - np.log(60 / 90), atol=1e-5)


@pytest.mark.parametrize("sizes", [(9, 20), (20, 9)])
def test_few_excerpts_are_told(sizes):
    rng = np.random.default_rng(0)
    with pytest.raises(InputError, match="10 excerpts of each kind"):
        Listener.fit(*(described(rng, n) for n in sizes))


def test_a_damaged_or_foreign_file_is_told(tmp_path):
    path = tmp_path / "listener.npz"
    path.write_bytes(b"PK")
    with pytest.raises(ModelError, match="must be a listener"):
        Listener.load(path)
    with pytest.raises(ModelError, match="must be a listener"):
        Listener.load(tmp_path / "none.npz")
    np.savez(path, feature=np.zeros((1, 7)), threshold=np.zeros((1, 7)), leaf=np.zeros((1, 8)), told=[0, N])
    with pytest.raises(ModelError, match="other descriptions"):
        Listener.load(path)


def test_the_shipped_one_listens():
    heard = shipped_listener().hear(np.zeros((2, N)))
    assert heard.shape == (2,)
    assert np.isfinite(heard).all()
