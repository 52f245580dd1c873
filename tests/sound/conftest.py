"""Helpers for the tests of sound: small scores, pitch estimators, and a SoundFont of one sine."""

import struct
from collections.abc import Callable

import numpy as np
import pytest

from boya.score import Score, Tempo, Timeline, Track, note_array


@pytest.fixture(scope="session")
def score_of() -> Callable[..., Score]:
    """One track of `(onset, duration, pitch, velocity)` notes."""

    def build(*notes, program=0, is_drum=False, role="", qpm=120.0):
        track = Track(note_array(notes), program=program, is_drum=is_drum, role=role)
        return Score((track,), timeline=Timeline.of([Tempo(0, qpm)]))

    return build


@pytest.fixture(scope="session")
def band() -> Score:
    """Two bars of melody, chords, bass and drums."""
    beat = 480
    melody = [(i * beat, beat, 67 + p, 60 + 6 * i) for i, p in enumerate((0, 4, 7, 5, 4, 2, 0, -1))]
    chords = [(bar * 4 * beat, 4 * beat, p, 64) for bar in (0, 1) for p in (60, 64, 67)]
    bass = [(i * beat, beat // 2, 36, 90) for i in range(8)]
    drums = [(i * beat, 120, 36 if i % 2 == 0 else 38, 100) for i in range(8)]
    drums += [(i * beat // 2, 60, 42, 70) for i in range(16)]
    parts = (
        Track(note_array(melody), program=73, role="melody"),
        Track(note_array(chords), program=0, role="chords"),
        Track(note_array(bass), program=33, role="bass"),
        Track(note_array(drums), is_drum=True, role="drums"),
    )
    return Score(parts)


@pytest.fixture(scope="session")
def cents_off() -> Callable[..., float]:
    """How far the partial nearest to a pitch lies from it, in cents: its mean frequency, weighted by power.

    Only what lies within a semitone counts; a tone with next to nothing there is infinitely off.
    """

    def measure(audio, pitch, sample_rate=44100):
        frequency = 440 * 2 ** ((pitch - 69) / 12)
        size = 1 << (2 * len(audio) - 1).bit_length()
        spectrum = np.fft.fft(audio, size)
        line = np.fft.fftfreq(size, 1 / sample_rate)
        band = np.where(np.abs(np.abs(line) - frequency) <= frequency * (2 ** (1 / 12) - 1), spectrum, 0)
        if np.sum(np.abs(band) ** 2) < 1e-3 * np.sum(np.abs(spectrum) ** 2):
            return np.inf
        tone = np.fft.ifft(np.where(line > 0, band, 0))[: len(audio)]
        return float(1200 * np.log2(np.angle(np.vdot(tone[:-1], tone[1:])) * sample_rate / (2 * np.pi) / frequency))

    return measure


@pytest.fixture(scope="session")
def sine_font() -> bytes:
    """A SoundFont with one preset, a looped sine of 440 Hz, built chunk by chunk after the SoundFont 2.04 specification."""
    sine = (20000 * np.sin(2 * np.pi * np.arange(4400) / 100)).astype("<i2").tobytes() + bytes(92)

    def chunk(name: bytes, data: bytes) -> bytes:
        return name + struct.pack("<I", len(data)) + data + bytes(len(data) % 2)

    def generators(*pairs: tuple[int, int]) -> bytes:
        return b"".join(struct.pack("<HH", *pair) for pair in pairs)

    def preset(name: bytes, bank: int, bag: int) -> bytes:
        return struct.pack("<20sHHHIII", name, 0, bank, bag, 0, 0, 0)

    info = chunk(b"ifil", struct.pack("<HH", 2, 1)) + chunk(b"isng", b"EMU8000\0") + chunk(b"INAM", b"Sine\0\0")
    pdta = b"".join(
        [
            chunk(b"phdr", preset(b"Sine", 0, 0) + preset(b"EOP", 0, 1)),
            chunk(b"pbag", struct.pack("<4H", 0, 0, 1, 0)),
            chunk(b"pmod", bytes(10)),
            chunk(b"pgen", generators((41, 0), (0, 0))),
            chunk(b"inst", struct.pack("<20sH", b"Sine", 0) + struct.pack("<20sH", b"EOI", 1)),
            chunk(b"ibag", struct.pack("<4H", 0, 0, 2, 0)),
            chunk(b"imod", bytes(10)),
            chunk(b"igen", generators((54, 1), (53, 0), (0, 0))),
            chunk(
                b"shdr",
                struct.pack("<20sIIIIIBbHH", b"Sine", 0, 4400, 1000, 3000, 44000, 69, 0, 0, 1)
                + struct.pack("<20sIIIIIBbHH", b"EOS", 0, 0, 0, 0, 0, 0, 0, 0, 0),
            ),
        ]
    )
    lists = [chunk(b"LIST", kind + data) for kind, data in ((b"INFO", info), (b"sdta", chunk(b"smpl", sine)), (b"pdta", pdta))]
    return chunk(b"RIFF", b"sfbk" + b"".join(lists))
