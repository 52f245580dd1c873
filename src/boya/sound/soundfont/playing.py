"""Playing a score with a SoundFont: FluidSynth (library or program), tinysoundfont, or our own sampler, whichever is there first.

Conventions: every track gets a channel of its own, so that equal pitches of two tracks do not end each other; tracks beyond 15
are played in further passes and added. The tempo map is resolved before the players see it: they get seconds.
A SoundFont is a RIFF file of type `sfbk` (SoundFont Technical Specification 2.04, Creative/E-mu 2006).
symusic's synthesizer is not among the players: it renders wrong pitches.
"""

import os
import struct
from pathlib import Path

import numpy as np

from boya.errors import FileError, FormatError, InputError, MissingExtraError
from boya.score import Score
from boya.sound.mix.master import finish
from boya.sound.modal import Audio
from boya.sound.render import n_frames
from boya.sound.soundfont.event import DRUM_CHANNEL, Event
from boya.sound.soundfont.players import PLAYERS, available_players

__all__ = ["passes", "render_soundfont"]

TRACKS_PER_PASS = 15


def render_soundfont(score: Score, path: str | os.PathLike[str], sample_rate: int = 44100, *, player: str | None = None) -> Audio:
    """Render with a SoundFont, at the same loudness and length as the built-in voices.

    Parameters
    ----------
    score
        Any score up to an hour.
    path
        A `.sf2` file; FluidSynth plays `.sf3` too.
    sample_rate
        Frames per second, 8000-96000.
    player
        One of `boya.sound.soundfont.players.PLAYERS`; None takes the first one installed.

    Returns
    -------
    `[shape=(frames, 2)]`

    Raises
    ------
    FileError, FormatError
        if the SoundFont is missing or broken.
    MissingExtraError
        if the player asked for is not installed.
    InputError
        if the rate, the length or the player's name cannot be used.
    """
    font = _checked(Path(path))
    if not 8000 <= sample_rate <= 96000:
        raise InputError(f"sample_rate must be 8000-96000 with a SoundFont; got {sample_rate}")
    if player is not None and player not in PLAYERS:
        raise InputError(f"player must be one of {', '.join(PLAYERS)}; got {player!r}")
    ready = available_players() if player is None else [p for p in available_players() if p == player]
    if not ready:
        raise MissingExtraError(f"playing a SoundFont with {player}", "soundfont")
    length = n_frames(score, sample_rate)
    bus = np.zeros((2, length), dtype=np.float32)
    for events in passes(score, sample_rate):
        audio = PLAYERS[ready[0]].play(font, events, length, sample_rate)
        if audio.shape != bus.shape or not np.isfinite(audio).all():
            raise FormatError(f"{font}: {ready[0]} could not play this SoundFont; try another one")
        bus += audio
    finish(bus, sample_rate)
    return np.ascontiguousarray(bus.T)


def _checked(path: Path) -> Path:
    """Return the path of a file that looks like a whole SoundFont."""
    try:
        with path.open("rb") as file:
            head = file.read(12)
            size = os.fstat(file.fileno()).st_size
    except (OSError, ValueError) as error:
        raise FileError(f"cannot read the SoundFont {path}: {error}. Give the path of an .sf2 or .sf3 file.") from error
    if len(head) < 12 or head[:4] != b"RIFF" or head[8:12] != b"sfbk":
        raise FormatError(f"{path} is not a SoundFont: it must begin with a RIFF header of type sfbk. Give an .sf2 or .sf3 file.")
    stated = struct.unpack("<I", head[4:8])[0] + 8
    if size < stated:
        raise FormatError(f"{path} is cut short: its header promises {stated} bytes, the file has {size}. Download it again.")
    return path


def passes(score: Score, sample_rate: int) -> list[list[Event]]:
    """Return the events of each pass, sorted by frame; ends come before onsets."""
    drums = [t for t in score.tracks if t.is_drum and t.n_notes]
    pitched = [t for t in score.tracks if not t.is_drum and t.n_notes]
    channels = [c for c in range(16) if c != DRUM_CHANNEL]
    passes: list[list[Event]] = []
    for first in range(0, max(len(pitched), 1 if drums else 0), TRACKS_PER_PASS):
        part = list(zip(channels, pitched[first : first + TRACKS_PER_PASS], strict=False))
        part += [(DRUM_CHANNEL, track) for track in drums] if first == 0 else []
        events = []
        for channel, track in part:
            starts = score.timeline.second_at(track.notes["onset"])
            ends = score.timeline.second_at(track.notes["onset"].astype(np.int64) + track.notes["duration"])
            program = 0 if track.is_drum else track.program
            events.append(Event(0, -1, channel, program, 0))
            for row, (start, end) in enumerate(zip(starts, ends, strict=True)):
                pitch, velocity = int(track.notes["pitch"][row]), int(track.notes["velocity"][row])
                begin = round(float(start) * sample_rate)
                events.append(Event(begin, 1, channel, pitch, velocity))
                events.append(Event(max(round(float(end) * sample_rate), begin + 1), 0, channel, pitch, 0))
        passes.append(sorted(events))
    return passes
