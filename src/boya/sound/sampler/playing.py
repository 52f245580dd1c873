"""Our own player of SoundFonts: every different tone is made once and laid down wherever it is played.

Played are key and velocity ranges, root key and tuning, loops, attenuation, pan, the volume envelope and how it shortens with the
key, choking, a low-pass filter with its velocity modulator, velocity to loudness, and vibrato. Ignored are the oscillators' other
uses, the modulation envelope (a filter that it opens stands half open), other modulators, resonance, chorus and reverb; a loop
that should end with the key goes on through the release. A filter does not move: it is part of the recording. Audio is float32
`[shape=(2, frames)]`.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from boya.sound.modal import Audio
from boya.sound.sampler.regions import Region, chosen_preset, regions
from boya.sound.sampler.tone import QUIET_DECIBEL, Waves, key_tone
from boya.sound.soundfont.event import DRUM_CHANNEL, Event
from boya.sound.soundfont.font import DRUM_BANK, SoundFont

__all__ = ["VELOCITY_CLASSES", "play", "softness"]

VELOCITY_CLASSES = 6  # of the filter's dulling
SHORTEST_RELEASE, CHOKE_SECOND = 0.008, 0.03
LEVEL = 0.35  # of a full recording, as FluidSynth plays here


@dataclass
class _Note:
    """One key of a channel, in frames."""

    channel: int
    program: int
    pitch: int
    velocity: int
    start: int
    end: int
    is_choked: bool = False


def play(font: SoundFont, events: Iterable[Event], n_frames: int, sample_rate: int) -> Audio:
    """Play events, sorted by frame, with a font; channel 9 is its drum kit. `[shape=(2, n_frames)]`"""
    notes = _notes(events, n_frames)
    groups = _groups(font, notes)
    waves = Waves(font.samples)
    middle = np.zeros(n_frames, dtype=np.float32)
    sides: Audio | None = None
    for (region, pitch, velocity), members in groups.items():
        release = max(region.envelope.release, SHORTEST_RELEASE)
        fades = {False: _fade(release, sample_rate), True: _fade(CHOKE_SECOND, sample_rate)}
        longest = max(note.end - note.start + len(fades[note.is_choked]) for note in members)
        tone = key_tone(waves, region, pitch, velocity, longest, sample_rate)
        if not region.pan:
            _lay(middle, tone, region, members, fades, LEVEL * np.sqrt(0.5))
            continue
        if sides is None:
            sides = np.zeros((2, n_frames), dtype=np.float32)
        for side, sign in ((0, -1), (1, 1)):
            _lay(sides[side], tone, region, members, fades, LEVEL * np.sqrt(0.5 + 0.5 * sign * region.pan))
    if sides is None:
        return np.stack([middle, middle])
    sides += middle
    return sides


def softness(velocity: int) -> int:
    """Return the velocity in the middle of a velocity's class.

    >>> softness(127), softness(1)
    (116, 10)
    """
    number = min(velocity * VELOCITY_CLASSES // 127, VELOCITY_CLASSES - 1)
    return int((number + 0.5) * 127 / VELOCITY_CLASSES)


def _notes(events: Iterable[Event], n_frames: int) -> list[_Note]:
    """Return the notes that events begin and end; one never ended lasts to the end."""
    programs: dict[int, int] = defaultdict(int)
    ringing: dict[tuple[int, int], list[_Note]] = defaultdict(list)
    notes = []
    for event in events:
        key = (event.channel, event.value)
        if event.kind < 0:
            programs[event.channel] = event.value
        elif event.kind:
            note = _Note(event.channel, programs[event.channel], event.value, event.velocity, event.frame, n_frames)
            ringing[key].append(note)
            notes.append(note)
        elif ringing[key]:
            ringing[key].pop(0).end = event.frame
    return [note for note in notes if note.start < n_frames]


def _groups(font: SoundFont, notes: list[_Note]) -> dict[tuple[Region, int, int], list[_Note]]:
    """Return the notes of each different tone; notes of a choke class end those before them."""
    found: dict[tuple[int, int], tuple[Region, ...]] = {}
    matches: dict[tuple[int, int, int, int], list[Region]] = {}
    groups: dict[tuple[Region, int, int], list[_Note]] = defaultdict(list)
    last: dict[tuple[int, int], list[_Note]] = {}
    for note in notes:
        place = (DRUM_BANK if note.channel == DRUM_CHANNEL else 0, note.program)
        if place not in found:
            preset = chosen_preset(font, *place)
            found[place] = () if preset is None else regions(font, preset)
        key = (*place, note.pitch, note.velocity)
        if key not in matches:
            matches[key] = [region for region in found[place] if region.matches(note.pitch, note.velocity)]
        for number in {region.choke for region in matches[key]} - {0}:
            before = last.get((note.channel, number), [])
            for other in before if before and before[0].start < note.start else ():
                other.end, other.is_choked = min(other.end, note.start) if other.is_choked else note.start, True
            together = before if before and before[0].start == note.start else []
            last[note.channel, number] = [*together, note]
        for region in matches[key]:
            groups[region, note.pitch, softness(note.velocity) if region.softening else 127].append(note)
    return groups


def _lay(out: Audio, tone: Audio, region: Region, notes: list[_Note], fades: dict[bool, Audio], level: float) -> None:
    """Add a tone wherever it is played."""
    for note in notes:
        fade = fades[note.is_choked]
        held = note.end - note.start
        stop = min(held + len(fade), len(tone), len(out) - note.start)
        piece = tone[:stop] * np.float32(level * region.gain(note.velocity))
        if stop > held:
            piece[held:] *= fade[: stop - held]
        out[note.start : note.start + stop] += piece


@lru_cache(maxsize=64)
def _fade(second: float, sample_rate: int) -> Audio:
    """Return a release: even in decibels, 100 in `second`; read-only."""
    n = max(2, int(second * QUIET_DECIBEL / 100 * sample_rate))
    return np.exp(np.linspace(0, -QUIET_DECIBEL / 20 * np.log(10), n, dtype=np.float32))
