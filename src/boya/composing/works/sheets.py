"""From words to what a sheet takes: tracks of a band, limits and controls of each track.

Conventions: tracks of one instrument are numbered; a control left free is -1, in the order of the bar stream's CONTROLS.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from boya.composing.checks import wished
from boya.composing.filling.limits import Limits, TrackLimits
from boya.composing.filling.sheet import Sheet
from boya.composing.works.controls import CONTROL_NAMES, Controls, Wishes, classes_of, read_controls
from boya.composing.works.limits import LimitWishes, chord_tones_of, limits_of, read_limits
from boya.errors import RequestError
from boya.score import Score, Track
from boya.theory.instruments import instrument
from boya.theory.scales import find_scale, scale_pitch_classes

__all__ = ["controls_of_bars", "limits_for", "sheet_of", "tracks_of", "wishes_of_bars"]

Scale = frozenset[int] | str | None
ACCOMPANIMENT = ("chords", "bass", "pad")


def tracks_of(players: Iterable[tuple[str, int]]) -> tuple[Track, ...]:
    """Return silent tracks for role and program of each player.

    >>> [track.name for track in tracks_of([("melody", 40), ("chords", 40), ("drums", 0)])]
    ['Violin 1', 'Violin 2', 'Drums']
    """
    band = list(players)
    names = ["Drums" if role == "drums" else instrument(program).name for role, program in band]
    count, seen = Counter(names), Counter[str]()
    tracks = []
    for (role, program), name in zip(band, names, strict=True):
        seen[name] += 1
        numbered = name if count[name] == 1 else f"{name} {seen[name]}"
        tracks.append(Track(program=0 if role == "drums" else program, is_drum=role == "drums", name=numbered, role=role))
    return tuple(tracks)


def limits_for(
    tracks: Sequence[Track], wishes: LimitWishes, chord_tones: str | None, scale: Scale, *, is_led: bool = True
) -> Limits:
    """Return the limits of tracks.

    Where nothing is said of chord tones, the accompaniment keeps to them on strong beats if it is led by chords.

    >>> limits = limits_for(tracks_of([("melody", 73), ("bass", 32)]), (), None, "key")
    >>> [limits.of(n).chord_tones for n in (0, 1)]
    ['free', 'strong']
    """
    wished = chord_tones_of(chord_tones)
    made = []
    for track in tracks:
        own = limits_of(wishes, track.role, track.program, track.is_drum)
        usual = "strong" if is_led and track.role in ACCOMPANIMENT else "free"
        made.append(TrackLimits(**own, chord_tones=None if track.is_drum else wished or usual))
    return Limits(tuple(made), scale)


def controls_of_bars(tracks: Sequence[Track], bars: Sequence[Wishes]) -> NDArray[np.int8] | None:
    """Return the classes that are wished for tracks in bars, None where all is free. `[shape=(n_bars, n_tracks, 4)]`

    >>> controls_of_bars(tracks_of([("melody", 73)]), [(), (("", "dynamics", "p"),)]).tolist()
    [[[-1, -1, -1, -1]], [[-1, -1, -1, 0]]]
    """
    controls = np.full((len(bars), len(tracks), len(CONTROL_NAMES)), -1, dtype=np.int8)
    for wishes in set(bars) - {()}:
        here = [bar for bar, said in enumerate(bars) if said == wishes]
        for number, track in enumerate(tracks):
            for name, chosen in classes_of(wishes, track.role or "chords", track.program).items():
                controls[here, number, CONTROL_NAMES.index(name)] = chosen
    return controls if (controls >= 0).any() else None


def sheet_of(
    known: Score,
    n_bars: int,
    words: tuple[str, str],
    *,
    scale: str | None = None,
    chord_tones: str | None = None,
    controls: object = (),
    limits: object = (),
    is_led: bool = False,
) -> Sheet:
    """Return a score as a sheet of `n_bars` bars.

    Parameters
    ----------
    words
        style and substyle in the words of the bar stream
    scale
        "key" or the name of a scale on the tonic of the first key; None for all notes
    controls, limits
        as `read_controls` and `read_limits` take them

    Raises
    ------
    RequestError
        if a wish is none.
    """
    tonic = known.timeline.keys[0].tonic
    named: Scale = scale if scale in (None, "key") else frozenset(scale_pitch_classes(tonic, _scale_name(scale)))
    bars = wishes_of_bars(known, n_bars, read_controls(controls or ()))
    held = limits_for(known.tracks, read_limits(limits or ()), chord_tones, named, is_led=is_led)
    return Sheet(known, n_bars, *words, held, controls_of_bars(known.tracks, bars))


def _scale_name(name: object) -> str:
    """The name of a scale."""
    return wished(find_scale, str(name)).name


def wishes_of_bars(score: Score, n_bars: int, controls: Controls) -> list[Wishes]:
    """What is wished for each bar of a score: what is said of all sections, then of the section that the bar lies in."""
    starts = score.timeline.bar_starts(int(score.bar_bounds[-1]) + 1).tolist()
    labels = [""] * n_bars
    for section in score.sections:
        for bar, start in enumerate(starts[:n_bars]):
            if section.onset <= start < section.end:
                labels[bar] = section.label
    for label, _ in controls:
        if label and label not in labels:
            known = " ".join(dict.fromkeys(name for name in labels if name)) or "none"
            raise RequestError(f"controls must speak of sections of the score ({known}), or of none; got {label!r:.40}")
    every = {wish[:2]: wish for label, rows in controls if not label for wish in rows}
    said = {label: {wish[:2]: wish for of, rows in controls if of == label and label for wish in rows} for label in set(labels)}
    return [tuple((every | said[label]).values()) for label in labels]
