"""Phrases out of packed arrays: cut as the representation cuts them, kept apart by work, the same from the cache."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from boya.corpus import open_packed, write_packed
from boya.errors import CorpusError, ModelError
from boya.models.networks.gan_generator import FRAME_WIDTHS, ORDER
from boya.representation.frames import Frames
from boya.representation.phrases import cut_phrases
from boya.training.bands import BandPhrases, drum_dictionary
from boya.training.data import load_corpus, phrase_set, phrases_at
from boya.training.draws import Draws
from boya.training.recipe import read_recipe
from boya.training.seq2seq import Seq2SeqTask, tokens_of, transposed_tokens
from boya.training.settings import DataSettings, LikelihoodSettings

from .conftest import band


@pytest.fixture(scope="module")
def corpus(packed):
    return load_corpus(open_packed(packed))


def test_only_train_is_learnt_from(packed, corpus):
    train = set(open_packed(packed).split("train").tolist())
    assert set(corpus.parts["piece"].tolist()) == train
    assert corpus.parts["steps"].sum() == len(corpus.frames)


def test_the_cache_holds_what_was_made(packed, tmp_path):
    opened = open_packed(packed)
    made, again = (load_corpus(opened, ("band",), tmp_path) for _ in range(2))
    assert len(list(tmp_path.iterdir())) == 2
    assert np.array_equal(made.frames, again.frames)
    assert np.array_equal(made.parts, again.parts)
    other = load_corpus(opened, ("lieder",), tmp_path)
    assert not set(other.parts["piece"].tolist()) & set(made.parts["piece"].tolist())
    assert len(list(tmp_path.iterdir())) == 4


def test_the_cache_is_of_this_music(tmp_path):
    found = []
    for seed in (1, 2):
        write_packed(tmp_path / "packed", [(band(seed), {"id": "same", "split": "train"})])
        found.append(load_corpus(open_packed(tmp_path / "packed"), (), tmp_path / "cache"))
    assert not np.array_equal(found[0].frames, found[1].frames)


def test_a_cache_that_cannot_be_written_is_done_without(packed, tmp_path):
    (tmp_path / "file").write_text("")
    assert len(load_corpus(open_packed(packed), (), tmp_path / "file").parts)


def test_collections_are_checked(packed):
    opened = open_packed(packed)
    with pytest.raises(CorpusError, match="must hold the collection 'pop909'; it holds band, lieder"):
        load_corpus(opened, ("band", "pop909"))
    assert len(load_corpus(opened, ("pop909",)).parts) == len(load_corpus(opened).parts)


def test_phrases_are_cut_as_the_representation_cuts_them(corpus):
    part = corpus.parts[3]
    first = int(part["start"])
    steps = np.array(corpus.frames[first : first + int(part["steps"])])
    starts = np.arange(0, len(steps) - 64 + 1, 16)
    assert np.array_equal(phrases_at(corpus.frames, first + starts, 64), cut_phrases(Frames(steps), 4, 1))


def test_dev_and_training_share_no_work(corpus):
    data = DataSettings(bars=2, dev_share=0.3)
    train, dev = (phrase_set(corpus, data, is_dev=is_dev) for is_dev in (False, True))
    assert set(train.conditions[:, 3].tolist()).isdisjoint(dev.conditions[:, 3].tolist())
    assert len(set(train.conditions[:, 3].tolist()) | set(dev.conditions[:, 3].tolist())) == 32
    assert len(dev) == 6 * len(set(dev.conditions[:, 3].tolist()))
    assert len(dev.thinned(5)) == 5


def test_conditions_say_style_mode_and_tempo(corpus):
    phrases = phrase_set(corpus, DataSettings(dev_share=0.0, styles=("pop", "jazz")), is_dev=False)
    for style, minor, tempo, piece in np.unique(phrases.conditions, axis=0).tolist():
        assert style == piece % 3
        assert minor == (piece % 3 == 0)
        assert tempo == sum(90 + 10 * piece >= bound for bound in (80, 110, 140))


def test_phrases_without_enough_music_are_left_out(corpus):
    full = phrase_set(corpus, DataSettings(bars=2, melody_bars=1.0, least_roles=4, dev_share=0.0), is_dev=False)
    assert len(full) == len(phrase_set(corpus, DataSettings(bars=2, dev_share=0.0), is_dev=False))
    silent = type(corpus)(np.zeros_like(corpus.frames), corpus.parts, corpus.pieces)
    with pytest.raises(ModelError, match="must hold a phrase of 2 bars"):
        phrase_set(silent, DataSettings(bars=2, melody_bars=0.5), is_dev=False)
    with pytest.raises(ModelError, match="must hold a phrase of 200 bars"):
        phrase_set(corpus, DataSettings(bars=200), is_dev=False)


lines = st.lists(st.integers(0, 49), min_size=4, max_size=4)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(lines, lines, st.integers(-6, 6)), min_size=1, max_size=4))
def test_transposition_keeps_rhythm_and_intervals_or_nothing_changes(drawn):
    tokens = np.array([[melody, drums] for melody, drums, _ in drawn])
    shift = np.array([by for _, _, by in drawn])
    moved = transposed_tokens(tokens, ("melody", "drums"), shift)
    assert np.array_equal(moved[:, 1], tokens[:, 1])
    assert np.array_equal(moved[:, 0] > 1, tokens[:, 0] > 1)
    assert moved.max() <= 49
    for row, by in enumerate(shift):
        pitches = tokens[row, 0][tokens[row, 0] > 1]
        steps = set((moved[row, 0] - tokens[row, 0])[tokens[row, 0] > 1].tolist())
        stays = pitches.size and not (pitches.min() + by >= 2 and pitches.max() + by <= 49)
        assert steps <= ({0} if stays else {by})


@pytest.mark.parametrize("name", ["seq2seq-smoke", "seq2seq-trio-smoke"])
def test_two_halves_of_a_batch_are_the_batch(corpus, name):
    recipe = read_recipe(name, changes={"data": {"dev_share": 0.2}})
    task = Seq2SeqTask(recipe, corpus, torch.device("cpu"))
    whole = task.batch(Draws(3, 8), 8, slice(0, 8))
    halves = [task.batch(Draws(3, 8), 8, rows) for rows in (slice(0, 4), slice(4, 8))]
    for part in ("phrase", "noise", "chance"):
        assert torch.equal(torch.cat([getattr(half, part) for half in halves]), getattr(whole, part))
    assert not torch.equal(task.batch(Draws(3, 9), 8, slice(0, 8)).phrase, whole.phrase)


def test_two_halves_of_a_band_batch_are_the_batch(corpus):
    bands = BandPhrases(corpus, DataSettings(lead_bars=1, dev_share=0.2, least_roles=2), torch.device("cpu"))
    hearing = LikelihoodSettings(kept_share=1.0, kept_roles=0.5, silent_share=0.5, lead_share=1.0)
    whole = bands.batch(Draws(1, 1), 8, slice(0, 8), hearing)
    halves = [bands.batch(Draws(1, 1), 8, rows, hearing) for rows in (slice(0, 4), slice(4, 8))]
    assert torch.equal(torch.cat([half.given for half in halves]), whole.given)
    assert torch.equal(torch.cat([half.harmony for half in halves]), whole.harmony)
    assert whole.lead == 16
    assert whole.harmony.shape[1] == 80
    assert whole.cut(16).places[0].tolist() == list(range(64))
    assert whole.places[0, :17].tolist() == [*range(48, 64), 0]
    widths = np.cumsum([0, *(FRAME_WIDTHS[role] for role in ORDER)])
    for number, role in enumerate(ORDER):
        kept = whole.given[..., widths[number] : widths[number + 1]]
        assert torch.equal(kept, whole.layers[role] * whole.is_given[:, number, None, None])


def test_the_drum_dictionary_holds_the_commonest_sets(corpus):
    sets, counts = np.unique(corpus.frames["drums"], return_counts=True)
    dictionary = drum_dictionary(corpus, 4).numpy()
    assert int((dictionary[0] * 2 ** np.arange(9)).sum()) == sets[counts.argmax()]
    assert drum_dictionary(corpus, 200).shape == (200, 9)


def test_tokens_stay_in_their_vocabulary(corpus):
    phrases = phrase_set(corpus, DataSettings(bars=2, dev_share=0.0), is_dev=False)
    tokens = tokens_of(phrases.take(np.arange(len(phrases))), ("melody", "bass", "drums"))
    assert tokens[:, :2].max() < 50
    assert tokens[:, 2].max() < 512
    assert (tokens[:, 0, 0] != 1).all()
