"""Rendering in blocks, stems and loops; the store of tones; swing and humanising."""

import sys

import numpy as np
import pytest

from boya.errors import FileError, InputError
from boya.score import Metre, Score, Tempo, Timeline, Track, note_array
from boya.sound import humanise, render, render_blocks, render_loop, render_stems, swing
from boya.sound.mix import shelf as shelf_module
from boya.sound.mix.master import Curve, curve_of
from boya.sound.mix.shelf import Shelf
from boya.sound.mix.stage import mix_of
from boya.sound.out.stems import save_stems
from boya.sound.rendering import stem_names
from boya.sound.tones import Store, Tone, steady

RATE = 11025


@pytest.fixture(scope="module")
def long_band():
    """Twenty-five seconds: six blocks, with an organ held over their borders."""
    beat = 480
    melody = [(i * beat, beat, 67 + i % 12, 60 + i % 40) for i in range(50)]
    held = [(beat, 40 * beat, 48, 70)]
    drums = [(i * beat, 120, 36 if i % 2 == 0 else 46, 100) for i in range(50)]
    parts = (
        Track(note_array(melody), program=73, role="melody"),
        Track(note_array(held), program=19, role="pad"),
        Track(note_array(drums), is_drum=True, role="drums"),
        Track(role="chords"),
    )
    return Score(parts, timeline=Timeline.of([Tempo(0, 120.0)]))


def test_blocks_are_the_whole(long_band):
    blocks = list(render_blocks(long_band, sample_rate=RATE))
    assert len(blocks) == 6
    assert np.array_equal(np.concatenate(blocks), render(long_band, sample_rate=RATE))


def test_notes_do_not_know_of_blocks(long_band, monkeypatch):
    """In one block of a minute, or in blocks of a second, it is the same sound."""
    whole = render(long_band, sample_rate=RATE)
    for second in (1, 60):
        monkeypatch.setattr(sys.modules["boya.sound.render"], "BLOCK_SECOND", second)
        assert np.abs(render(long_band, sample_rate=RATE) - whole).max() < 1e-4


def test_what_waits_in_a_file_is_the_same(long_band, monkeypatch):
    whole = render(long_band, sample_rate=RATE)
    monkeypatch.setattr(shelf_module.Shelf.__init__, "__defaults__", (1000,))
    assert np.array_equal(render(long_band, sample_rate=RATE), whole)


def test_a_full_disk_is_one_clear_error(monkeypatch):
    class Full:
        def write(self, _):
            raise OSError(28, "No space left on device")

        def close(self):
            pass

    monkeypatch.setattr(shelf_module.tempfile, "TemporaryFile", lambda **_: Full())
    with pytest.raises(FileError, match=r"must have room .* No space left"), Shelf(0) as shelf:
        shelf.put(np.zeros((2, 4), np.float32))


def test_a_report_comes_for_every_block(long_band):
    told = []
    render(long_band, sample_rate=RATE, report=lambda done, total: told.append((done, total)))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1][0] == told[-1][1] == round(26.5 * RATE)


def test_a_small_store_makes_tones_again_but_plays_the_same(long_band, monkeypatch):
    whole = render(long_band, sample_rate=RATE)
    monkeypatch.setattr(Store.__init__, "__defaults__", (1000,))
    assert np.array_equal(render(long_band, sample_rate=RATE), whole)


def test_a_tone_held_for_long_repeats_without_a_seam():
    rate, frequency = 8000, 220.7

    def make(n):
        return np.sin(2 * np.pi * frequency * np.arange(n) / rate).astype(np.float32)[None].repeat(2, axis=0)

    tone = steady(make, 60 * rate, frequency, rate, is_held=True)
    audio = np.concatenate([tone.part(start, start + 7777) for start in range(0, 50 * rate, 7777)], axis=1)[0]
    assert np.abs(np.diff(audio)).max() < 1.05 * 2 * np.pi * frequency / rate
    assert audio[40 * rate :].std() == pytest.approx(np.sqrt(0.5), rel=0.02)
    assert steady(make, 60 * rate, frequency, rate, is_held=False).length(60 * rate) == 20 * rate


def test_the_store_forgets_what_was_used_least_recently():
    store, made = Store(200), []

    def get(key):
        def make():
            made.append(key)
            return Tone(np.zeros((2, 8), np.float32))  # 64 bytes

        return store.get(key, make)

    for key in "abcadab":
        get(key)
    assert made == ["a", "b", "c", "d", "b"]


def test_stems_are_named_and_add_up_to_the_mix_of_all(long_band):
    stems = render_stems(long_band, sample_rate=RATE)
    assert list(stems) == ["01-melody", "02-pad", "03-drums", "04-chords"]
    assert not stems["04-chords"].any()
    together, mix = np.sum(list(stems.values()), axis=0), render(long_band, sample_rate=RATE)
    assert np.corrcoef(together[:, 0], mix[:, 0])[0, 1] > 0.99
    assert np.abs(together).max() <= 0.9
    alone = render_stems(Score(long_band.tracks[:1], timeline=long_band.timeline), sample_rate=RATE)["01-melody"]
    shape = alone[: 20 * RATE], stems["01-melody"][: 20 * RATE]
    gain = np.vdot(*shape) / np.vdot(shape[0], shape[0])
    assert np.abs(shape[1] - gain * shape[0]).max() < 1e-4


def test_stem_names_are_safe_in_any_folder():
    names = stem_names(Score((Track(name="../../etc"), Track(name="a/b:c"), Track(name="古筝"), Track(name="..."))))
    assert names == ["01-etc", "02-a-b-c", "03-古筝", "04-track"]


def test_stems_are_written_all_or_none(long_band, tmp_path, monkeypatch):
    paths = save_stems(long_band, tmp_path / "s", sample_rate=RATE)
    assert sorted(path.name for path in (tmp_path / "s").iterdir()) == [path.name for path in paths]
    monkeypatch.setattr("boya.sound.out.stems.stem_blocks", lambda *_, **__: iter([["no audio"] * 4]))
    with pytest.raises(InputError):
        save_stems(long_band, tmp_path / "t", sample_rate=RATE)
    assert not (tmp_path / "t").exists()


def test_a_loop_is_the_middle_of_three_rounds(band, monkeypatch):
    """Everywhere, without the finish: what rings on after the end is in the beginning."""
    renderer = sys.modules["boya.sound.render"]
    monkeypatch.setattr(renderer, "curve_of", lambda energies, *_, **__: Curve(np.ones(len(energies) + 1, np.float32)))
    loop = render_loop(band, sample_rate=44100)
    assert loop.shape == (round(4.0 * 44100), 2)
    thrice = render(band.join(band).join(band), sample_rate=44100)[len(loop) : 2 * len(loop)]
    assert np.abs(loop - thrice).max() < 1e-4 * np.abs(loop).max()


def test_the_finish_of_a_loop_has_no_seam():
    peaks = np.random.default_rng(0).random(300).astype(np.float32) ** 4
    curve = curve_of(np.full(300, 0.5, np.float32), peaks, 44100, mix_of("loud"), is_loop=True)
    steps = np.abs(np.diff(np.concatenate([curve.borders, curve.borders[1:]])))
    assert curve.borders[0] == curve.borders[-1]
    assert steps[298:302].max() <= steps[:298].max()
    audio = np.ones((2, 300 * 64 + 50), dtype=np.float32)  # the last block takes what is left over
    curve.apply_loop(audio)
    assert abs(audio[0, 0] - audio[0, -1]) < steps.max() / 64


def test_a_short_loop_holds_tails_longer_than_itself(score_of):
    score = score_of((0, 60, 84, 100), program=9, qpm=480.0)  # half a second of a bell that rings for more
    loop = render_loop(score, sample_rate=RATE)
    assert loop.shape == (round(0.5 * RATE), 2)
    assert np.isfinite(loop).all()
    assert np.abs(loop).max() <= 0.9


def test_nothing_to_loop_is_refused():
    with pytest.raises(InputError, match="a loop must last"):
        render_loop(Score())


@pytest.mark.parametrize(("amount", "late"), [(0.0, 240), (0.5, 280), (1.0, 320)])
def test_swing_moves_offbeats_only(score_of, amount, late):
    notes = swing(score_of((0, 240, 60, 80), (240, 240, 62, 80), (480, 480, 64, 80)), amount).tracks[0].notes
    assert notes["onset"].tolist() == [0, late, 480]
    assert notes["duration"].tolist() == [late, 480 - late, 480]


def test_beats_of_an_eighth_do_not_swing():
    score = Score((Track(note_array([(240, 240, 60, 80)])),), timeline=Timeline.of(metres=[Metre(0, 6, 8)]))
    assert swing(score, 1.0) == score


def test_humanising_is_small_seeded_and_keeps_chords_together(band):
    human = humanise(band, 1.0, seed=4)
    assert human == humanise(band, 1.0, seed=4)
    assert human != humanise(band, 1.0, seed=5)
    assert humanise(band, 0.0) == band
    for before, after in zip(band.tracks, human.tracks, strict=True):
        assert before.n_notes == after.n_notes
        moved = np.sort(after.notes["onset"]) - np.sort(before.notes["onset"])
        assert np.abs(moved).max() <= 13  # 12 ms at 120 qpm
        assert len(np.unique(after.notes["onset"])) == len(np.unique(before.notes["onset"]))


@pytest.mark.parametrize("change", [swing, humanise])
@pytest.mark.parametrize("amount", [-0.1, 1.1])
def test_feel_out_of_range_is_refused(change, amount):
    with pytest.raises(InputError, match="must be 0-1"):
        change(Score(), amount)
