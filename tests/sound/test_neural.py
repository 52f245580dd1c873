"""Neural instruments: as the shipped networks play, and what is said when their files are not whole."""

import json
from dataclasses import replace
from importlib.resources import files

import numpy as np
import pytest

from boya.errors import FileError
from boya.score import Score, Track, note_array
from boya.sound import render
from boya.sound.compiled import has_numba, plain_python
from boya.sound.neural import ddsp, wavenet
from boya.sound.neural.playing import Wish, levels
from boya.sound.neural.source import Neural
from boya.sound.neural.table import taught
from boya.sound.neural.teacher import part_of, pitches_of
from boya.sound.neural.weights import Network, read_network, shipped_network
from boya.sound.patches import chinese
from boya.sound.tones import Live
from boya.sound.wave import Strike
from boya.theory.instruments import instrument

RATE = 22050
PLAY = {"ddsp": ddsp.play, "wavenet": wavenet.play}


def wish(name="violin", pitch=69, second=0.2, rate=RATE, force=0.6):
    return Wish(name, 440 * 2 ** ((pitch - 69) / 12), force, int(second * rate))


def track_of(one):
    for name, patch in chinese().items():
        if patch == one.live:
            return Track(program=110, name=name)
    return next(Track(program=p) for p in range(128) if Neural().instrument(Track(program=p)).name == f"neural {one.name}")


@pytest.mark.parametrize("one", taught().values(), ids=list(taught()))
def test_every_instrument_is_in_tune_and_starts_softly(one, cents_off):
    sound = Neural().instrument(track_of(one))
    for pitch in (one.pitches[0], pitches_of(one, "unseen")[-1]):
        tone = sound.tone(Strike(440 * 2 ** ((pitch - 69) / 12), 0.6, RATE * 2, RATE))
        assert tone.dtype == np.float32
        assert np.isfinite(tone).all()
        assert 0.1 < np.abs(tone).max() < 12
        assert np.abs(tone[:, 0]).max() < 0.03 * np.abs(tone).max()
        assert abs(cents_off(tone.mean(axis=0)[RATE // 10 :], pitch, RATE)) < 5


@pytest.mark.parametrize("one", taught().values(), ids=list(taught()))
def test_it_is_as_loud_as_its_teacher(one):
    pitch, n = pitches_of(one, "unseen")[1], RATE // 2
    ours, theirs = (
        source().instrument(track_of(one)).tone(Strike(440 * 2 ** ((pitch - 69) / 12), 0.6, n, RATE)) for source in (Neural, Live)
    )
    assert abs(10 * np.log10(np.mean(ours**2) / np.mean(theirs**2))) < 3


def test_the_table_and_the_cards_agree():
    for one in taught().values():
        network = shipped_network(one.network)
        assert network.card["family"] == one.network
        assert network.card["held"][one.name] == one.is_held
        learnt = network.card["data"]["pitches"][one.name]
        assert learnt == pitches_of(one, "train")
        assert {part_of(pitch) for pitch in learnt} == {"train"}
    assert sum(files("boya.sound").joinpath("data", f"{name}.npz").read_bytes().__len__() for name in PLAY) < 1_000_000


@pytest.mark.parametrize(("family", "name"), [("ddsp", "flute"), ("wavenet", "oboe")])
def test_a_tone_is_the_same_each_time_and_a_longer_one_begins_like_it(family, name):
    network = shipped_network(family)
    short, again, longer = (PLAY[family](network, wish(name, second=second, rate=16000), 16000) for second in (0.1, 0.1, 0.2))
    assert short.tobytes() == again.tobytes()
    assert np.abs(longer[: len(short)] - short)[: len(short) - 160].max() < 1e-6


@pytest.mark.skipif(not has_numba(), reason="nothing is compiled here")
def test_compiled_and_plain_wavenets_agree():
    network, level = shipped_network("wavenet"), np.full(3, -6.0)
    quick = wavenet.generated(network, wish("guitar"), level)
    with plain_python():
        plain = wavenet.generated(network, wish("guitar"), level)
    assert np.abs(quick - plain).max() < 10 ** (-90 / 20) * np.abs(plain).max()


def test_loudness_falls_while_a_plucked_string_rings_and_is_held_by_a_blown_one():
    late = np.array([2.0, 6.0, 12.0])
    plucked = levels(shipped_network("wavenet"), wish("guitar", 50), late)
    blown = levels(shipped_network("wavenet"), wish("oboe", 70), late)
    assert plucked[0] > plucked[1] + 6 > plucked[2] + 6
    assert np.ptp(blown) < 1


def test_the_decoder_follows_a_given_loudness():
    network, one = shipped_network("ddsp"), wish("cello", 50, 1.0, 16000)
    swelling = ddsp.play(network, one, 16000, np.linspace(-40, 0, 201))
    halves = [float(np.mean(half**2)) for half in np.split(swelling, 2)]
    assert halves[1] > 20 * halves[0]


def test_programs_and_pitches_without_a_network_are_played_live():
    neural, live = Neural(), Live()
    piano = Track(program=0)
    strike = Strike(440.0, 0.5, 2000, RATE)
    assert np.array_equal(neural.instrument(piano).tone(strike), live.instrument(piano).tone(strike))
    high = replace(strike, frequency=440 * 2 ** ((instrument(40).range[1] + 2 - 69) / 12))
    violin = Track(program=40)
    assert np.array_equal(neural.instrument(violin).tone(high), live.instrument(violin).tone(high))
    assert not np.array_equal(neural.instrument(violin).tone(strike), live.instrument(violin).tone(strike))
    assert neural.drum(38).name == live.drum(38).name


def test_a_score_is_rendered(score_of):
    notes = [(0, 480, 60, 90), (480, 480, 64, 60)]
    both = Score(tuple(Track(note_array(notes), program=program) for program in (24, 42)))
    audio = render(both, voices="neural", sample_rate=RATE, tail=0.5)
    assert np.isfinite(audio).all()
    assert 0.05 < np.abs(audio).max() <= 1
    assert audio.tobytes() == render(both, voices="neural", sample_rate=RATE, tail=0.5).tobytes()


@pytest.fixture
def copied(tmp_path):
    """The decoder's two files in a folder of their own, and how to write them anew."""
    network = shipped_network("ddsp")

    def write(card=None, arrays=None):
        np.savez(tmp_path / "ddsp.npz", **(dict(network.arrays) if arrays is None else arrays))
        (tmp_path / "ddsp.json").write_text(json.dumps(dict(network.card) if card is None else card))
        return tmp_path

    return network, write


def test_a_network_is_read_back(copied):
    network, write = copied
    read = read_network(write(), "ddsp")
    assert isinstance(read, Network)
    assert all(np.array_equal(read.arrays[name], array) for name, array in network.arrays.items())


def test_a_missing_or_damaged_network_is_named(copied, tmp_path):
    with pytest.raises(FileError, match=r"needs nothing\.npz and nothing\.json"):
        read_network(tmp_path, "nothing")
    _, write = copied
    folder = write()
    whole = (folder / "ddsp.npz").read_bytes()
    for broken in (b"", b"PK\x03\x04", whole[: len(whole) // 2], b"\x93NUMPY" + bytes(40)):
        (folder / "ddsp.npz").write_bytes(broken)
        with pytest.raises(FileError, match="must be whole"):
            read_network(folder, "ddsp")
    folder = write()
    (folder / "ddsp.json").write_text("{")
    with pytest.raises(FileError, match="must be whole"):
        read_network(folder, "ddsp")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda card, arrays: arrays.pop("out.bias"), "out.bias must be .*; got nothing"),
        (lambda card, arrays: arrays.update({"out.bias": np.zeros(3)}), "out.bias must be"),
        (lambda card, arrays: arrays["out.weight"].fill(np.nan), "out.weight must be finite"),
        (lambda card, arrays: card["settings"].update(hidden=-1), "whole numbers from 1 to"),
        (lambda card, arrays: card.update(sample_rate=3), "at 8000 to 192000 Hz"),
        (lambda card, arrays: card.update(held={}), "lacks something: 'violin'"),
        (lambda card, arrays: card["settings"].update(hidden=2**40), "whole numbers from 1"),
        (lambda card, arrays: card.pop("data"), "lacks something: 'data'"),
        (lambda card, arrays: card.update(family="other"), "family must be one of ddsp, wavenet; got 'other'"),
        (lambda card, arrays: card.pop("longest"), "lacks something: 'longest'"),
        (lambda card, arrays: card["data"].update(teachers=["violin"]), "controls must be 15 and one for each"),
    ],
)
def test_weights_that_are_not_what_the_card_says_are_refused(copied, change, message):
    network, write = copied
    card = json.loads(json.dumps(dict(network.card)))
    arrays = {name: array.copy() for name, array in network.arrays.items()}
    change(card, arrays)
    with pytest.raises(FileError, match=message):
        read_network(write(card, arrays), "ddsp")
