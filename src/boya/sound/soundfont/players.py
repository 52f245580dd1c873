"""The programs that can play a SoundFont, each behind one function: FluidSynth, tinysoundfont, and our own sampler.

A player is a line in `PLAYERS`: whether it is installed, and how it turns events into audio. Third-party errors stop here.
"""

import ctypes.util
import importlib.util
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from boya.errors import FileError, FormatError
from boya.sound.modal import Audio
from boya.sound.sampler import playing
from boya.sound.soundfont.event import DRUM_CHANNEL, Event
from boya.sound.soundfont.reader import read_soundfont

__all__ = ["PLAYERS", "Player", "available_players"]

TICKS_PER_SECOND = 10000


@dataclass(frozen=True)
class Player:
    """How to find and use one player; `play(font, events, n_frames, sample_rate)` returns `[shape=(2, n_frames)]`."""

    is_installed: Callable[[], bool]
    play: Callable[[Path, list[Event], int, int], Audio]


def available_players() -> list[str]:
    """Return the names of the players that can be used here, the preferred one first."""
    return [name for name, player in PLAYERS.items() if player.is_installed()]


def _has_pyfluidsynth() -> bool:
    return importlib.util.find_spec("fluidsynth") is not None and ctypes.util.find_library("fluidsynth") is not None


def _play_pyfluidsynth(font: Path, events: list[Event], n_frames: int, sample_rate: int) -> Audio:
    """Play with libfluidsynth through pyfluidsynth."""
    import fluidsynth  # noqa: PLC0415

    synth = fluidsynth.Synth(gain=0.35, samplerate=float(sample_rate))
    try:
        number = synth.sfload(str(font))
        if number < 0:
            raise FormatError(f"{font}: FluidSynth cannot load this SoundFont; try another one")

        def send(event: Event) -> None:
            if event.kind < 0:
                bank = 128 if event.channel == DRUM_CHANNEL else 0
                synth.program_select(event.channel, number, bank, event.value)
            elif event.kind:
                synth.noteon(event.channel, event.value, event.velocity)
            else:
                synth.noteoff(event.channel, event.value)

        def take(count: int) -> Audio:
            return np.asarray(synth.get_samples(count), dtype=np.int16).astype(np.float32) / np.float32(32768)

        return _stepped(events, n_frames, send, take)
    finally:
        synth.delete()


def _play_tinysoundfont(font: Path, events: list[Event], n_frames: int, sample_rate: int) -> Audio:
    """Play with tinysoundfont's generator, without its audio output."""
    import tinysoundfont  # noqa: PLC0415

    synth = tinysoundfont.Synth(samplerate=sample_rate, gain=-6)
    try:
        number = synth.sfload(str(font))
    except Exception as error:
        raise FormatError(f"{font}: tinysoundfont cannot load this SoundFont ({error}); try another one") from error

    def send(event: Event) -> None:
        if event.kind < 0:
            is_drum = event.channel == DRUM_CHANNEL
            synth.program_select(event.channel, number, 128 if is_drum else 0, event.value, is_drum)
        elif event.kind:
            synth.noteon(event.channel, event.value, event.velocity)
        else:
            synth.noteoff(event.channel, event.value)

    def take(count: int) -> Audio:
        return np.frombuffer(bytes(synth.generate(count)), dtype=np.float32)

    return _stepped(events, n_frames, send, take)


def _stepped(events: list[Event], n_frames: int, send: Callable[[Event], None], take: Callable[[int], Audio]) -> Audio:
    """Send the events of each moment, take the audio up to the next one. `[shape=(2, n_frames)]`"""
    parts: list[Audio] = []
    at = 0
    for frame, together in groupby(events, key=lambda e: e.frame):
        if frame > at:
            parts.append(take(frame - at))
            at = frame
        for event in together:
            send(event)
    parts.append(take(max(n_frames - at, 0)))
    return np.concatenate(parts).reshape(-1, 2)[:n_frames].T


def _play_program(font: Path, events: list[Event], n_frames: int, sample_rate: int) -> Audio:
    """Play with the `fluidsynth` program, through a MIDI file and a file of raw samples."""
    with tempfile.TemporaryDirectory() as folder:
        midi, raw = Path(folder, "in.mid"), Path(folder, "out.raw")
        midi.write_bytes(_midi_bytes(events, sample_rate))
        how = f"fluidsynth -n -i -q -g 0.35 -r {sample_rate} -T raw -O float -F".split()
        try:
            done = subprocess.run(
                [*how, str(raw), str(font.resolve()), str(midi)], capture_output=True, timeout=1800, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise FileError(f"the fluidsynth program failed ({error}); leave the SoundFont out") from error
        content = raw.read_bytes() if raw.exists() else b""
        complaint = done.stderr.decode(errors="replace").strip()
        if done.returncode or not content or "Failed to load" in complaint:
            raise FormatError(f"{font}: the fluidsynth program could not play this SoundFont: {complaint[-300:]}")
    audio: Any = np.frombuffer(content[: len(content) // 8 * 8], dtype="<f4").reshape(-1, 2)[:n_frames].T
    return np.pad(audio, ((0, 0), (0, n_frames - audio.shape[1]))).astype(np.float32)


def _midi_bytes(events: list[Event], sample_rate: int) -> bytes:
    """Return a one-track MIDI file, 10,000 ticks a second."""
    body = bytearray(b"\x00\xff\x51\x03\x0f\x42\x40")  # a quarter lasts one second
    at = 0
    for event in events:
        tick = round(event.frame * TICKS_PER_SECOND / sample_rate)
        body += _variable(tick - at)
        at = tick
        if event.kind < 0:
            body += bytes([0xC0 | event.channel, event.value])
        else:
            body += bytes([(0x90 if event.kind else 0x80) | event.channel, event.value, event.velocity])
    body += _variable(2 * TICKS_PER_SECOND) + b"\xff\x2f\x00"
    return b"MThd" + struct.pack(">IHHH", 6, 0, 1, TICKS_PER_SECOND) + b"MTrk" + struct.pack(">I", len(body)) + bytes(body)


def _variable(value: int) -> bytes:
    """Return a MIDI variable-length number."""
    out = [value & 0x7F]
    while value := value >> 7:
        out.append(0x80 | (value & 0x7F))
    return bytes(reversed(out))


def _play_ours(font: Path, events: list[Event], n_frames: int, sample_rate: int) -> Audio:
    """Play with our own sampler, which is always there."""
    return playing.play(read_soundfont(font), events, n_frames, sample_rate)


PLAYERS = {
    "pyfluidsynth": Player(_has_pyfluidsynth, _play_pyfluidsynth),
    "fluidsynth": Player(lambda: shutil.which("fluidsynth") is not None, _play_program),
    "tinysoundfont": Player(lambda: importlib.util.find_spec("tinysoundfont") is not None, _play_tinysoundfont),
    "sampler": Player(lambda: True, _play_ours),
}
