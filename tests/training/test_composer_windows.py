"""Windows of the bar stream: whole, of the right length, and with what is left out left out."""

import numpy as np
import pytest

from boya.corpus import open_packed, write_packed
from boya.errors import CorpusError, ModelError
from boya.models.networks.composer import UNCOUNTED
from boya.representation.stream import VOCABULARY, Grammar, decode, encode, quantise
from boya.score import Metre, Score, Timeline, Track, note_array
from boya.training.settings import WindowSettings
from boya.training.streams import load_streams
from boya.training.windows import PATTERNS, draw_window, plain_windows, side_by_side

from .conftest import band

PLAIN = WindowSettings(styleless_share=0.0, controlled_share=0.0, holed_share=0.0)


def rng(seed):
    return np.random.default_rng(seed)


@pytest.fixture(scope="module")
def piece():
    return encode(band(3, n_bars=40), "pop")


def kinds(window):
    return [VOCABULARY.kind_names[token] for token in window.tolist()]


def names(window):
    return [VOCABULARY.names[token] for token in window.tolist()]


@pytest.mark.parametrize("length", [90, 257, 1025])
def test_windows_say_what_a_stream_may_say(piece, length):
    for seed in range(60):
        window = draw_window(piece, length, WindowSettings(), rng(seed))
        grammar = Grammar()
        for token in window.tolist():
            grammar.take(token)
        assert len(window) <= length
    assert len(window) > 0.6 * length


def test_a_window_is_the_same_for_the_same_numbers(piece):
    first, again, other = (draw_window(piece, 300, WindowSettings(), rng(seed)) for seed in (4, 4, 5))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_what_is_left_out_is_left_out_as_often_as_asked(piece):
    windows = [draw_window(piece, 400, WindowSettings(), rng(seed)) for seed in range(400)]
    found = [set(names(window)) for window in windows]
    told = [set(kinds(window)) & {"density", "register", "polyphony", "dynamics"} for window in windows]
    assert 0.05 < np.mean(["style:none" in words for words in found]) < 0.15
    assert 0.40 < np.mean(["fill" in words for words in found]) < 0.55
    assert 0.20 < np.mean([not controls for controls in told]) < 0.35
    assert {word for words in found for word in words if word.startswith("home:")} == {f"home:{pc}" for pc in range(12)}
    begins = [names(window)[kinds(window).index("bar")] for window in windows if "piece" in names(window)]
    assert 0.05 < np.mean([name != "bar:0" for name in begins]) < 0.3
    assert 0.05 < np.mean(["gap" in words for words in found]) < 0.4


def test_nothing_is_left_out_where_nothing_shall_be(piece):
    for seed in range(40):
        words = names(draw_window(piece, 400, PLAIN, rng(seed)))
        assert "style:pop" in words
        assert "fill" not in words
        assert not any(word.startswith(("density", "register", "polyphony", "dynamics")) for word in words)


def test_beginnings_and_ends_are_seen_more_often_than_a_window_begins_anywhere_else(piece):
    windows = [names(draw_window(piece, 200, PLAIN, rng(seed))) for seed in range(900)]
    assert np.mean([window[0] == "piece" for window in windows]) > 2 / 40
    assert np.mean(["last" in window for window in windows]) > 1.2 / 40


def test_a_bar_longer_than_a_window_is_cut():
    notes = note_array([(step * 40, 40, 40 + step, 80) for step in range(48)])
    piece = encode(Score((Track(notes, 0),)))
    assert len(draw_window(piece, 50, WindowSettings(), rng(0))) == 50
    assert len(next(plain_windows(piece, 50))[0]) == 50


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_pattern_leaves_holes_of_its_shape(pattern):
    for seed in range(50):
        generator = rng(seed)
        n_bars, n_slots = int(generator.integers(1, 30)), int(generator.integers(1, 9))
        holes = pattern(n_bars, n_slots, generator)
        assert holes.shape == (n_bars, n_slots)
        assert holes.dtype == bool
    shapes = {"_tracks": holes.all(0) | ~holes.any(0), "_passage": holes.all(1) | ~holes.any(1)}
    assert np.all(shapes.get(pattern.__name__, True))


def test_plain_windows_hold_a_piece_once(piece):
    windows = list(plain_windows(piece, 300))
    assert sum(quarters for _, quarters in windows) == 160
    assert sum(decode(window).tracks[0].n_notes for window, _ in windows) == quantise(band(3, n_bars=40)).tracks[0].n_notes
    assert all(len(window) <= 300 for window, _ in windows)
    assert sum(kinds(window).count("bar") for window, _ in windows) == 40


def test_only_what_follows_the_first_bar_is_learnt(piece):
    windows = [draw_window(piece, length, WindowSettings(), rng(1)) for length in (150, 101)]
    tokens, following = side_by_side(windows, 149)
    assert tokens.shape == following.shape == (2, 149)
    for row, window in enumerate(windows):
        begins = kinds(window).index("bar")
        counted = following[row] != UNCOUNTED
        assert counted.nonzero()[0].tolist() == list(range(begins, len(window) - 1))
        assert np.array_equal(following[row][counted], window[begins + 1 :])
        assert np.array_equal(tokens[row][counted], window[begins:-1])


def test_only_train_is_learnt_from_and_dev_shares_no_work(packed):
    opened = open_packed(packed)
    streams = load_streams(opened)
    assert streams.summary() == {"collections": ["band", "lieder"], "pieces": 32, "works": 32, "licences": ["CC0-1.0"]}
    train, dev = (streams.part(0.3, is_dev=is_dev) for is_dev in (False, True))
    assert set(train.rows.tolist()).isdisjoint(dev.rows.tolist())
    assert len(train) + len(dev) == 32
    assert np.array_equal(streams[5].whole(), encode(opened.score(5), opened.pieces[5]["style"]).whole())
    with pytest.raises(ModelError, match="the dev part must hold a piece; dev_share 0 of 32 pieces leaves none"):
        streams.part(0.0, is_dev=True)


def test_long_pieces_are_drawn_by_their_length(tmp_path):
    write_packed(tmp_path, [(band(seed, n_bars), {"id": str(seed), "split": "train"}) for seed, n_bars in ((0, 4), (1, 64))])
    streams = load_streams(open_packed(tmp_path))
    alike, by_length = (streams.draw(rng(0), 2000, power).mean() for power in (0.0, 1.0))
    assert 0.45 < alike < 0.55
    assert by_length > 0.9


def test_the_cache_holds_what_was_made_and_is_of_this_music(packed, tmp_path):
    opened = open_packed(packed)
    made, again = (load_streams(opened, ("band",), tmp_path) for _ in range(2))
    assert len(list(tmp_path.iterdir())) == 1
    assert isinstance(again.packed.arrays["tokens"], np.memmap)
    assert np.array_equal(made.packed.arrays["tokens"], again.packed.arrays["tokens"])
    assert made.summary() == again.summary()
    load_streams(opened, ("lieder",), tmp_path)
    assert len(list(tmp_path.iterdir())) == 2
    (tmp_path / "file").write_text("")
    assert len(load_streams(opened, ("band",), tmp_path / "file")) == len(made)


def test_a_piece_that_no_stream_can_hold_is_left_out(tmp_path):
    long = Score((Track(note_array([(0, 480, 60, 80)])),), Timeline(metres=(Metre(0, 28, 4),)))
    write_packed(tmp_path / "two", [(long, {"id": "long", "split": "train"}), (band(1), {"id": "band", "split": "train"})])
    streams = load_streams(open_packed(tmp_path / "two"))
    assert [entry["id"] for entry in streams.entries] == ["band"]
    write_packed(tmp_path / "one", [(long, {"id": "long", "split": "train"})])
    with pytest.raises(CorpusError, match="pieces in the split train that a bar stream can hold; found none"):
        load_streams(open_packed(tmp_path / "one"))
