"""Reading and writing SoundFonts: whole round trips, and bytes that lie about themselves."""

import struct

import numpy as np
import pytest

from boya.errors import FileError, FormatError, InputError, LimitError
from boya.sound.sampler.regions import regions
from boya.sound.sampler.tone import Waves, key_tone
from boya.sound.soundfont import reader
from boya.sound.soundfont.font import HEADER, Generator, Layer, Modulator, Preset, SoundFont, Zone, pair, signed
from boya.sound.soundfont.reader import parse_soundfont, read_soundfont
from boya.sound.soundfont.writer import soundfont_bytes, write_soundfont


def small_font():
    """Two recordings, one instrument with defaults, a modulator and two zones, two presets."""
    samples = np.random.default_rng(1).integers(-9000, 9000, 500).astype(np.int16)
    headers = np.array(
        [(b"low", 0, 200, 50, 150, 22050, 40, -3, 0, 1), (b"high", 246, 446, 246, 246, 32000, 70, 0, 0, 1)], HEADER
    )
    zones = (
        Zone(((Generator.RELEASE, 64000),), (Modulator(0x0502, Generator.ATTENUATION, 768),)),
        Zone(((Generator.KEYS, pair(0, 60)), (Generator.LOOPING, 1), (Generator.SAMPLE, 0))),
        Zone(((Generator.KEYS, pair(61, 127)), (Generator.PAN, 65036), (Generator.SAMPLE, 1))),
    )
    presets = (
        Preset("Piano", 0, 0, (Zone(((Generator.INSTRUMENT, 0),)),)),
        Preset("Kit", 128, 0, (Zone(((Generator.FINE, 5), (Generator.INSTRUMENT, 0))),)),
    )
    return SoundFont({"isng": "EMU8000", "INAM": "Test"}, samples, headers, (Layer("Both", zones),), presets)


@pytest.fixture(scope="module")
def raw():
    return soundfont_bytes(small_font())


def test_what_is_written_is_read_again(tmp_path):
    font = small_font()
    again = read_soundfont(write_soundfont(font, tmp_path / "a.sf2"))
    assert (again.info, again.instruments, again.presets) == (font.info, font.instruments, font.presets)
    assert np.array_equal(again.samples, font.samples)
    assert np.array_equal(again.headers, font.headers)
    assert soundfont_bytes(again) == (tmp_path / "a.sf2").read_bytes()


def test_a_font_of_another_hand_is_read(sine_font):
    font = parse_soundfont(sine_font)
    (region,) = regions(font, font.presets[0])
    assert (region.loop_start, region.loop_end, region.root, region.rate) == (1000, 3000, 69.0, 44000)
    assert (region.keys, region.velocities, region.curve) == ((0, 127), (0, 127), 2.0)


def test_zones_of_presets_add_to_zones_of_instruments():
    font = small_font()
    low, high = regions(font, font.presets[1])
    assert (low.keys, high.keys) == ((0, 60), (61, 127))
    assert (low.cents, high.cents) == (2.0, 5.0)  # -3 of the recording, 5 of the preset
    assert (low.pan, high.pan) == (0.0, -1.0)
    assert low.curve == pytest.approx(1.6)
    assert low.envelope.release == high.envelope.release == pytest.approx(2 ** (signed(64000) / 1200))
    assert high.loop_start == high.loop_end


@pytest.mark.parametrize("length", [0, 3, 11, 40, 200, 900, -1])
def test_a_file_cut_short_is_refused(raw, length):
    with pytest.raises(FormatError, match=r"SoundFont|cut short"):
        parse_soundfont(raw[:length])


def broken(raw, name, offset, data):
    at = raw.index(name) + 8 + offset
    return raw[:at] + data + raw[at + len(data) :]


@pytest.mark.parametrize(
    ("name", "offset", "data", "words"),
    [
        (b"smpl", -4, b"\xff\xff\xff\x7f", "promises 2147483647 bytes"),
        (b"phdr", -4, struct.pack("<I", 113), "chunk|table"),
        (b"phdr", -8, b"xhdr", "table phdr; it is missing"),
        (b"pdta", -8, b"xdta", "pdta is missing"),
        (b"pbag", 0, b"\xff\xff", "places of generators in pbag"),
        (b"phdr", 24, b"\x09\x00", "places of zones in phdr"),
        (b"ibag", 2, b"\x09\x00", "places of modulators in ibag"),
        (b"pgen", 2, b"\x07\x00", "points to number 7; there are 1"),
        (b"shdr", 24, struct.pack("<I", 99999), "must lie inside the 500 samples"),
        (b"shdr", 28, struct.pack("<I", 160), "must have a loop"),
        (b"shdr", 32, struct.pack("<I", 99999), "must have a loop"),
        (b"shdr", 36, struct.pack("<I", 0), "must have a rate"),
        (b"shdr", 44, b"\x10\x00", "compressed"),
    ],
)
def test_lies_are_told_from_the_truth(raw, name, offset, data, words):
    with pytest.raises(FormatError, match=words):
        parse_soundfont(broken(raw, name, offset, data))


def test_any_changed_bytes_give_a_font_that_can_be_played_or_an_error_of_ours(raw):
    rng = np.random.default_rng(7)
    n_read = 0
    for _ in range(600):
        bytes_ = bytearray(raw)
        for at in rng.integers(0, len(raw), rng.integers(1, 6)):
            bytes_[at] = rng.integers(256)
        try:
            font = parse_soundfont(bytes(bytes_[: rng.integers(len(raw) // 2, 2 * len(raw))]))
        except FormatError:
            continue
        n_read += 1
        for preset in font.presets:
            for region in regions(font, preset):
                assert 0 <= region.start <= region.loop_start <= region.loop_end <= len(font.samples)
                assert region.end <= len(font.samples)
                assert np.isfinite([region.ratio(0), region.ratio(127), region.gain(127), region.dulled(1)]).all()
                for pitch in (0, 127):
                    assert np.isfinite(key_tone(Waves(font.samples), region, pitch, 1, 300, 44100)).all()
    assert n_read > 50


def test_an_absurd_number_of_recordings_is_refused():
    zones = (Zone(((Generator.SAMPLE, 0),)),) * 300
    font = SoundFont({}, np.zeros(500, np.int16), small_font().headers[:1], (Layer("many", zones),))
    with pytest.raises(LimitError, match="more than 20000 recordings"):
        regions(font, Preset("p", 0, 0, (Zone(((Generator.INSTRUMENT, 0),)),) * 300))


def test_more_than_the_format_can_count_is_not_written():
    font = SoundFont(instruments=(Layer("many", (Zone(),) * 70000),))
    with pytest.raises(InputError, match="at most 65535 zones"):
        soundfont_bytes(font)


def test_a_missing_and_a_huge_file_are_refused(tmp_path, monkeypatch):
    with pytest.raises(FileError, match=r"none\.sf2"):
        read_soundfont(tmp_path / "none.sf2")
    monkeypatch.setattr(reader, "MOST_BYTES", 10)
    with pytest.raises(LimitError, match="at most 10 bytes"):
        read_soundfont(write_soundfont(small_font(), tmp_path / "a.sf2"))
