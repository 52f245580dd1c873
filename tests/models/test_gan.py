"""Every shipped GAN obeys its masks, keeps what it is told to keep, carries on, and is the same for the same seed."""

import numpy as np
import pytest

from boya.errors import RequestError
from boya.models.gan import MASK_WIDTHS, ORDER, Setting
from boya.models.runtime import available, read_card
from boya.representation.grid import FIRST_PITCH, HOLD, LINE_WINDOWS, roll_of

NAMES = [name for name in available() if read_card(name)["family"] == "gan"]
SETTINGS = [Setting("jazz", "minor", 120.0), Setting("rock", "major", 90.0)]


@pytest.fixture(params=NAMES)
def gan(request, shipped):
    return shipped.load(request.param)


def rng(seed=0):
    return np.random.default_rng(seed)


def begins(frames, role):
    """What begins where, in the shape of a mask."""
    if role == "drums":
        return roll_of(frames["drums"].astype(np.uint64), 9)
    if role in LINE_WINDOWS:
        tokens = frames[role].astype(int)
        return tokens[..., None] == np.arange(*LINE_WINDOWS[role]) + FIRST_PITCH
    return roll_of(frames[f"{role}_onset"])


def test_music_comes_out(gan, shipped):
    written = gan.write(shipped.chords_in_c(2, 64), SETTINGS, rng())
    assert written.shape == (2, 64)
    assert sum(begins(written, role).any() for role in ORDER) >= 4
    for role in ("chords", "pad"):
        assert not (written[f"{role}_onset"] & ~written[role]).any()
    for role, (low, high) in LINE_WINDOWS.items():
        played = written[role][written[role] > HOLD]
        assert ((played >= low + FIRST_PITCH) & (played < high + FIRST_PITCH)).all()


def test_seeds(gan, shipped):
    harmony = shipped.chords_in_c(1, 32)
    first, again, other = (gan.write(harmony, SETTINGS[:1], rng(seed)) for seed in (5, 5, 6))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_chord_symbols_come_back_and_other_wishes_are_not_read(gan, shipped):
    harmony = shipped.some_frames(1, 2, 16)
    written = gan.write(harmony, SETTINGS, rng())
    bare = np.zeros_like(harmony)
    for name in ("root", "root_bass", "chroma"):
        assert np.array_equal(written[name], harmony[name])
        bare[name] = harmony[name]
    assert np.array_equal(gan.write(bare, SETTINGS, rng()), written)


@pytest.mark.parametrize("temperature", [0.0, 1.0, 4.0])
def test_masks_are_obeyed_to_the_letter(gan, shipped, temperature):
    draw = rng(3)
    mask = {role: draw.random((2, 32, width)) < 0.3 for role, width in MASK_WIDTHS.items()}
    written = gan.write(shipped.chords_in_c(2, 32), SETTINGS, rng(4), mask=mask, temperature=temperature)
    for role in ORDER:
        assert not (begins(written, role) & ~mask[role]).any(), role


@pytest.mark.parametrize("role", ORDER)
def test_a_role_that_may_play_nothing_is_silent(gan, shipped, role):
    nothing = {role: np.zeros((16, MASK_WIDTHS[role]), dtype=bool)}
    written = gan.write(shipped.chords_in_c(2, 16), SETTINGS, rng(), mask=nothing, temperature=3.0)
    assert not begins(written, role).any()
    if role in ("chords", "pad"):
        assert not written[role].any()


def test_a_mask_without_phrases_holds_for_all(gan, shipped):
    one = rng(1).random((16, 48)) < 0.5
    harmony = shipped.chords_in_c(2, 16)
    outs = [gan.write(harmony, SETTINGS, rng(), mask={"melody": m}) for m in (one, one[None], np.stack([one, one]))]
    assert np.array_equal(outs[0], outs[1])
    assert np.array_equal(outs[0], outs[2])


@pytest.mark.parametrize("keep", [(role,) for role in ORDER] + [("melody", "drums"), tuple(ORDER)])
def test_kept_roles_are_untouched(gan, shipped, keep):
    given = shipped.some_frames(9, 2, 16)
    mask = {role: np.zeros((16, width), dtype=bool) for role, width in MASK_WIDTHS.items()}
    written = gan.write(shipped.chords_in_c(2, 16), SETTINGS, rng(), given=given, keep=keep, mask=mask)
    for role in keep:
        assert np.array_equal(written[role], given[role])
        if role in ("chords", "pad"):
            assert np.array_equal(written[f"{role}_onset"], given[f"{role}_onset"])
    for role in set(ORDER) - set(keep):
        assert not begins(written, role).any()


def test_what_is_given_but_not_kept_is_not_read(gan, shipped):
    harmony = shipped.chords_in_c(1, 16)
    first, second = (gan.write(harmony, SETTINGS[:1], rng(), given=shipped.some_frames(n, 1, 16)) for n in (1, 2))
    assert np.array_equal(first, second)


def test_the_band_is_written_around_what_is_kept(gan, shipped):
    harmony, given = shipped.chords_in_c(1, 32), shipped.some_frames(1, 1, 32)
    silent = np.zeros_like(given)
    around, alone = (gan.write(harmony, SETTINGS[:1], rng(), given=g, keep=("melody",)) for g in (given, silent))
    assert not np.array_equal(around["bass"], alone["bass"])


@pytest.mark.parametrize("n_lead", [1, 16, 64])
def test_a_lead_is_heard_and_not_repeated(gan, shipped, n_lead):
    harmony = shipped.chords_in_c(1, 32)
    leads = [shipped.some_frames(seed, 1, n_lead) for seed in (1, 2)]
    outs = [gan.write(harmony, SETTINGS[:1], rng(), lead=lead, temperature=0.5) for lead in leads]
    assert outs[0].shape == (1, 32)
    assert not np.array_equal(outs[0], outs[1])
    assert (outs[0]["chroma"] == harmony["chroma"]).all()


def test_what_sounds_in_the_lead_can_be_held_on(gan, shipped):
    lead = shipped.chords_in_c(1, 16)
    lead["pad"] = 1 << 24
    lead["pad_onset"][:, 0] = 1 << 24
    lead["melody"] = [74, *[HOLD] * 15]
    nothing = {role: np.zeros((16, 48), dtype=bool) for role in ("pad", "melody")}
    written = gan.write(shipped.chords_in_c(1, 16), SETTINGS[:1], rng(), lead=lead, mask=nothing)
    assert set(np.unique(written["pad"])) <= {0, 1 << 24}
    assert (written["melody"] <= HOLD).all()


@pytest.mark.parametrize("n_steps", [1, 7, 64, 100])
def test_any_number_of_steps(gan, shipped, n_steps):
    assert gan.write(shipped.chords_in_c(2, n_steps), SETTINGS, rng()).shape == (2, n_steps)


def test_a_phrase_does_not_depend_on_its_neighbours(gan, shipped):
    harmony = shipped.some_frames(2, 2, 32)
    lead = shipped.some_frames(3, 2, 16)
    both = gan.write(harmony, SETTINGS, rng(1), lead=lead, temperature=0.0)
    alone = gan.write(harmony[:1], SETTINGS[:1], rng(1), lead=lead[:1], temperature=0.0)
    assert np.array_equal(both[:1], alone)


def test_style_and_chords_are_heard(gan, shipped):
    harmony = shipped.chords_in_c(1, 32)
    other = harmony.copy()
    other["root"] = other["root_bass"] = 5
    other["chroma"] = 1 << 5 | 1 << 9 | 1 << 0
    plain = gan.write(harmony, [Setting("pop")], rng())
    assert not np.array_equal(plain["drums"], gan.write(harmony, [Setting("latin")], rng())["drums"])
    assert not np.array_equal(plain["chords"], gan.write(other, [Setting("pop")], rng())["chords"])


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"settings": [Setting("polka")] * 2}, "knows the styles .*; got 'polka'"),
        ({"settings": SETTINGS[:1]}, r"a setting each; got \(2, 16\) and 1 settings"),
        ({"harmony": 0}, r"a setting each; got \(0, 16\)"),
        ({"given": 1}, r"given phrases must be shaped as harmony, \(2, 16\); got \(1, 16\)"),
        ({"keep": ("melody",)}, "roles to keep need phrases"),
        ({"given": 2, "keep": ("tune",)}, "a role must be one of drums, .*; got 'tune'"),
        ({"lead": 1}, r"lead must be \(phrases, steps\) with 2 phrases"),
        ({"mask": {"bass": np.ones((16, 50), dtype=bool)}}, r"the mask of bass must be \(2, 16, 48\)"),
        ({"mask": {"drums": np.ones((3, 16, 9), dtype=bool)}}, "the mask of drums"),
        ({"mask": {"horn": np.ones((16, 48), dtype=bool)}}, "got 'horn'"),
    ],
)
def test_what_does_not_fit_is_named(gan, shipped, wrong, message):
    arrays = {name: shipped.some_frames(0, n, 16) for name, n in wrong.items() if isinstance(n, int)}
    wishes = {"harmony": shipped.chords_in_c(2, 16), "settings": SETTINGS, "rng": rng()} | wrong | arrays
    with pytest.raises(RequestError, match=message):
        gan.write(**wishes)
