"""The public functions that make sound of a score: `render`, `render_blocks`, `render_stems`, `render_loop`."""

import os
import re
from collections.abc import Iterator, Sequence
from typing import Unpack

import numpy as np

from boya.files import Gestures
from boya.score import Score
from boya.sound.mix.master import finish
from boya.sound.mix.stage import mix_of
from boya.sound.modal import Audio
from boya.sound.render import (
    TAIL_SECOND,
    USUAL_SOURCE,
    LoopSettings,
    Report,
    Settings,
    blocks_of,
    check,
    loop_of,
    stem_blocks_of,
)
from boya.sound.soundfont.playing import render_soundfont

__all__ = ["render", "render_blocks", "render_loop", "render_stems", "stem_blocks", "stem_names"]


def render(
    score: Score,
    *,
    sample_rate: int = 44100,
    soundfont: str | os.PathLike[str] | None = None,
    preset: str = "default",
    lufs: float | None = None,
    tail: float = TAIL_SECOND,
    voices: str = USUAL_SOURCE,
    gestures: Sequence[Gestures] = (),
    report: Report | None = None,
) -> Audio:
    """Return the sound of a score: its length, and a tail for the last notes and the room to ring.

    A score without notes gives silence of that length. The same score gives the same audio.

    Parameters
    ----------
    score
        Any score; drum tracks use the General MIDI drum keys.
    sample_rate
        Frames per second, 8000-192000.
    soundfont
        A SoundFont file to play with FluidSynth, tinysoundfont or our own sampler, whichever is there first (`.sf3` needs
        FluidSynth); None plays our instruments.
    preset
        How it is mixed: default, dry, hall, church, echo, loud or broadcast (`boya.sound.preset_names()`).
    lufs
        Loudness to reach (ITU-R BS.1770); None takes the preset's, -16 by default. A piece whose peaks are far above its loudness
        stays quieter.
    tail
        Seconds after the end of the score, 0-60; a SoundFont has the default.
    voices
        "sampled" plays recordings of our instruments, many times as fast; "live" the instruments themselves; "neural" networks
        that learnt from them, where there is one (`sound/data/neural.toml`), and live instruments elsewhere.
    gestures
        Sustain pedal and pitch wheel of each track, as `boya.files.read_gestures` reads them from a MIDI file; a SoundFont plays
        without.
    report
        Called with frames done and frames in all.

    Returns
    -------
    `[shape=(frames, 2)]`, true peaks at most -1 dBTP.

    Raises
    ------
    InputError
        if a setting is out of range or the score lasts longer than an hour.
    FileError
        if the SoundFont is missing or broken, or there is no room for a long piece.

    Examples
    --------
    >>> from boya.score import Track, note_array
    >>> audio = render(Score((Track(note_array([(0, 480, 60, 90)])),)))
    >>> audio.shape
    (88200, 2)
    """
    if soundfont is not None:
        mix = mix_of(preset, lufs=lufs)
        audio = render_soundfont(score, soundfont, sample_rate)
        if mix == mix_of():
            return audio
        bus = np.ascontiguousarray(audio.T)
        finish(bus, sample_rate, mix)
        return np.ascontiguousarray(bus.T)
    job = check(score, sample_rate, preset=preset, lufs=lufs, tail=tail, voices=voices, gestures=gestures, report=report)
    audio = np.empty((job.n_frames, 2), dtype=np.float32)
    start = 0
    for block in blocks_of(job):
        audio[start : start + block.shape[1]] = block.T
        start += block.shape[1]
    return audio


def render_blocks(score: Score, **settings: Unpack[Settings]) -> Iterator[Audio]:
    """Yield what `render` returns in blocks of about five seconds, in constant memory.

    The piece is heard once before the first block comes, for its loudness; what does not fit into memory waits in a temporary
    file. Parameters and errors are those of `render`.

    Examples
    --------
    >>> from boya.score import Track, note_array
    >>> score = Score((Track(note_array([(0, 480, 60, 90)])),))
    >>> whole = np.concatenate(list(render_blocks(score, sample_rate=8000)))
    >>> bool(np.array_equal(whole, render(score, sample_rate=8000)))
    True
    """
    job = check(score, **settings)
    return (np.ascontiguousarray(block.T) for block in blocks_of(job))


def stem_names(score: Score) -> list[str]:
    """Return a name for the stem of each track: its number, and its role, its name, or what it is.

    >>> from boya.score import Track
    >>> stem_names(Score((Track(role="melody"), Track(name="Lead / 主"), Track(is_drum=True), Track())))
    ['01-melody', '02-lead-主', '03-drums', '04-track']
    """
    names = []
    for number, track in enumerate(score.tracks):
        word = track.role or track.name or ("drums" if track.is_drum else "track")
        plain = re.sub(r"[^\w]+", "-", word.lower()).strip("-_")[:40] or "track"
        names.append(f"{number + 1:02}-{plain}")
    return names


def stem_blocks(score: Score, **settings: Unpack[Settings]) -> Iterator[list[Audio]]:
    """Yield the stems of all tracks in blocks of about five seconds, each `[shape=(frames, 2)]`; see `render_stems`."""
    job = check(score, **settings)
    return ([np.ascontiguousarray(stem.T) for stem in stems] for stems in stem_blocks_of(job))


def render_stems(score: Score, **settings: Unpack[Settings]) -> dict[str, Audio]:
    """Return the sound of each track by itself, with its own reverb; added they are the mix before compressor and limiter.

    All stems share one gain, which makes the mix as loud as `lufs` unless a true peak, of a stem or of the mix, would pass the
    ceiling. Parameters and errors are those of `render`.

    Examples
    --------
    >>> from boya.score import Track, note_array
    >>> score = Score((Track(note_array([(0, 480, 60, 90)]), role="melody"), Track(note_array([(0, 480, 36, 90)]), role="bass")))
    >>> {name: stem.shape for name, stem in render_stems(score, sample_rate=8000).items()}
    {'01-melody': (16000, 2), '02-bass': (16000, 2)}
    """
    job = check(score, **settings)
    stems = [np.empty((job.n_frames, 2), dtype=np.float32) for _ in score.tracks]
    start = 0
    for blocks in stem_blocks_of(job):
        for stem, block in zip(stems, blocks, strict=True):
            stem[start : start + block.shape[1]] = block.T
        start += blocks[0].shape[1] if blocks else 0
    return dict(zip(stem_names(score), stems, strict=True))


def render_loop(score: Score, **settings: Unpack[LoopSettings]) -> Audio:
    """Return whole bars of sound that can follow themselves without a seam: what rings on after the end is in the beginning.

    Parameters are those of `render`. Save it with `save_audio(..., is_loop=True)` to have loop points in a WAV file.

    Returns
    -------
    `[shape=(frames, 2)]`, exactly as long as the bars of the score.

    Raises
    ------
    InputError
        if a setting is out of range, or the score is empty or longer than a quarter of an hour.

    Examples
    --------
    >>> from boya.score import Track, note_array
    >>> render_loop(Score((Track(note_array([(0, 480, 60, 90)])),)), sample_rate=8000).shape  # one bar of 4/4 at 120
    (16000, 2)
    """
    job = check(score, **settings)
    return np.ascontiguousarray(loop_of(job).T)
