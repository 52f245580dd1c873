"""MIDI files: the only module that knows symusic.

Reading: any number of ticks per quarter becomes 480 (half up; at least 1 tick per note), timecode becomes 120 qpm. Markers
`chord=Cm7` become chords and `section=A` sections; each lasts until the next of its kind, the last one to the end of the music.
An empty marker (`chord=`) ends one earlier. Writing: type 1, 480 ticks per quarter, first a track that holds title (sequence
name), composer and licence (text and copyright events), tempo, metre, key and markers, then every track with notes; a role is the
text event `role=bass` at its track's head. Assumed tempo, metre and key are not written, so they stay assumed.

What is repaired and what is refused is in docs/files.md. Source: "Standard MIDI Files 1.0", RP-001, 1996.
"""

import logging
import re
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any, TypeVar

import numpy as np
import symusic
from numpy.typing import NDArray

from boya.errors import FormatError, InputError, LimitError, ScoreError
from boya.files.conductor import Heading, conductor_chunk, heading_of, key_from, role_of, with_role
from boya.files.gestures import Gestures, bends_of
from boya.files.limits import Limits, check_tracks
from boya.files.smf import Smf, join_chunks, repair, split_chunks
from boya.files.spans import chords_from, sections_from
from boya.score import NOTE_DTYPE, TICKS_PER_QUARTER, Key, Metre, NoteArray, Score, Tempo, Timeline, Track

__all__ = ["decode", "encode", "gestures"]

_symusic: Any = symusic  # its stubs say less than it can
_log = logging.getLogger(__name__)
_ODD = re.compile(rb"[\x80-\xff]{3}|\xff(?:\x51[^\x03]|\x58[^\x04]|\x59[^\x02])")
_MAX_TICK_OUT = 2**28 - 1
Made = TypeVar("Made")


def decode(data: bytes, limits: Limits) -> Score:
    """Read a MIDI file of type 0, 1 or 2; the patterns of type 2 follow one another.

    Raises
    ------
    FormatError
        if it is no MIDI file or nothing complete is left in it.
    LimitError
        if it is too large.
    """
    smf = split_chunks(data, limits)
    if smf.kind < 2:
        return _decode_together(smf, smf.chunks, limits)
    whole, *others = (_decode_together(smf, (chunk,), limits) for chunk in smf.chunks)
    for other in others:
        whole = whole.join(other)
        check_tracks(whole.tracks, limits)
    return whole


def gestures(data: bytes, limits: Limits) -> tuple[Gestures, ...]:
    """Read what is done beside the notes of each track that `decode` returns; nothing of a file of type 2. Raises as `decode`."""
    smf = split_chunks(data, limits)
    if smf.kind == 2:
        return ()
    _, parsed, _ = _read_tracks(smf, smf.chunks, limits)
    return tuple(_gestures(bare, smf.scale) for bare in parsed.tracks if len(bare.notes))


def encode(score: Score) -> bytes:
    """Write a MIDI file of type 1; tracks without notes are left out.

    Raises
    ------
    InputError
        if a chord has an unknown quality, or the score is longer than a MIDI file can be.

    Examples
    --------
    >>> encode(Score())[:14].hex()
    '4d546864000000060001000101e0'
    """
    if score.end > _MAX_TICK_OUT:
        raise InputError(f"a MIDI file may last {_MAX_TICK_OUT} ticks; the score lasts {score.end}. Slice it.")
    tracks = [track for track in score.tracks if track.n_notes]
    chunks = [conductor_chunk(score)]
    if tracks:
        bare = _symusic.Score(TICKS_PER_QUARTER)
        bare.tracks.extend([_bare_track(track) for track in tracks])
        written = split_chunks(bare.dumps_midi(), Limits(tracks=len(tracks))).chunks
        chunks += [with_role(chunk, track.role) for chunk, track in zip(written, tracks, strict=True)]
    return join_chunks(chunks, TICKS_PER_QUARTER)


def _bare_track(track: Track) -> Any:
    """The same notes as symusic holds them."""
    bare = _symusic.Track(track.name.encode("utf-8", "replace").decode(), track.program, track.is_drum)
    fields = (("onset", np.int32), ("duration", np.int32), ("pitch", np.int8), ("velocity", np.int8))
    bare.notes = _symusic.core.NoteTickList.from_numpy(*(track.notes[name].astype(dtype) for name, dtype in fields))
    return bare


def _decode_together(smf: Smf, chunks: Sequence[bytes], limits: Limits) -> Score:
    """Read chunks that sound together."""
    tracks, parsed, chunks = _read_tracks(smf, chunks, limits)
    check_tracks(tracks, limits)
    heading = heading_of(chunks, smf.scale)
    tracks = _with_roles(tracks, chunks[1:] if heading.is_alone else chunks)
    end = max((track.end for track in tracks), default=0)
    timeline = _timeline(parsed, smf, heading, limits)
    markers = sorted(((_tick(m.time, smf.scale), str(m.text)) for m in parsed.markers), key=lambda marker: marker[0])
    markers = [(tick, text) for tick, text in markers if 0 <= tick <= limits.length]
    chords, sections = chords_from(markers, end, timeline), sections_from(markers, end, timeline)
    return Score(tuple(tracks), timeline, chords, sections, heading.title, heading.composer, heading.licence)


def _read_tracks(smf: Smf, chunks: Sequence[bytes], limits: Limits) -> tuple[list[Track], Any, Sequence[bytes]]:
    """Let symusic read the chunks; those that are damaged or odd are rebuilt first."""
    if not smf.is_damaged and not any(_ODD.search(chunk) for chunk in chunks):
        try:
            parsed = _parse(smf, chunks)
            if _is_sound(parsed):
                return _tracks(parsed, smf.scale, limits), parsed, chunks
        except (FormatError, ScoreError):
            _log.debug("a MIDI file is not as it should be; repairing it")
    rebuilt = [repair(chunk, int(limits.length / smf.scale) + 1) for chunk in chunks]
    sound = [chunk for chunk, _ in rebuilt]
    parsed = _parse(smf, sound)
    tracks = _tracks(parsed, smf.scale, limits)
    if smf.is_damaged or any(damaged for _, damaged in rebuilt):
        if not tracks:
            raise FormatError("the MIDI file is damaged, and no complete note is left in it. Get it again.")
        _log.warning("a MIDI file is damaged; the notes complete before the damage were kept")
    return tracks, parsed, sound


def _parse(smf: Smf, chunks: Sequence[bytes]) -> Any:
    """What symusic makes of the chunks."""
    division = TICKS_PER_QUARTER if smf.is_timecode else int(TICKS_PER_QUARTER / smf.scale)
    try:
        return _symusic.Score.from_midi(join_chunks(chunks, division))
    except (RuntimeError, ValueError) as error:
        raise FormatError(f"the MIDI events make no sense: {error}") from error


def _is_sound(parsed: Any) -> bool:
    """Whether symusic read nothing that a complete check would have to look at."""
    texts = [track.name for track in parsed.tracks] + [marker.text for marker in parsed.markers]
    return all(0 <= track.program < 128 for track in parsed.tracks) and not any("\ufffd" in text for text in texts)


def _scaled(ticks: NDArray[Any], scale: Fraction) -> NDArray[np.int64]:
    """Ticks of the file as ticks of 1/480 quarter, half up."""
    num, den = scale.numerator, scale.denominator
    return np.asarray((ticks.astype(np.int64) * (2 * num) + den) // (2 * den))


def _tick(tick: int, scale: Fraction) -> int:
    """One tick, scaled."""
    return (2 * tick * scale.numerator + scale.denominator) // (2 * scale.denominator)


def _tracks(parsed: Any, scale: Fraction, limits: Limits) -> list[Track]:
    """The tracks with notes."""
    return [_track(bare, scale, limits) for bare in parsed.tracks if len(bare.notes)]


def _track(bare: Any, scale: Fraction, limits: Limits) -> Track:
    """A track of ours; a note shorter than a tick lasts one."""
    columns = bare.notes.numpy()
    onset = _scaled(columns["time"], scale)
    end = _scaled(columns["time"].astype(np.int64) + columns["duration"], scale)
    if onset.min() < 0 or end.max() > limits.length:
        raise LimitError(f"a score may last {limits.length_quarter} quarters; this one is longer")
    notes: NoteArray = np.empty(len(onset), dtype=NOTE_DTYPE)
    notes["onset"], notes["duration"] = onset, np.maximum(end - onset, 1)
    notes["pitch"], notes["velocity"] = columns["pitch"], columns["velocity"]
    return Track(notes, int(bare.program), bool(bare.is_drum), str(bare.name))


def _gestures(bare: Any, scale: Fraction) -> Gestures:
    """Pedal and wheel of a track."""
    pedals, wheel, controls = (column.numpy() for column in (bare.pedals, bare.pitch_bends, bare.controls))
    down = pedals["time"].astype(np.int64)
    feet = np.stack([_scaled(down, scale), _scaled(down + pedals["duration"], scale)], axis=1)
    turned = np.stack([_scaled(controls["time"], scale), controls["number"], controls["value"]], axis=1)
    return Gestures(feet.astype(np.float64), bends_of(_scaled(wheel["time"], scale), wheel["value"].astype(np.int64), turned))


def _with_roles(tracks: list[Track], chunks: Sequence[bytes]) -> list[Track]:
    """Give tracks the roles written at the heads of their chunks, where each chunk is one track."""
    roles = [role_of(chunk) for chunk in chunks]
    if len(roles) != len(tracks) or not any(roles):
        return tracks
    return [Track(t.notes, t.program, t.is_drum, t.name, role) for t, role in zip(tracks, roles, strict=True)]


def _timeline(parsed: Any, smf: Smf, heading: Heading, limits: Limits) -> Timeline:
    """Tempo, metre and key; what no timeline can hold is left out."""

    def each(found: Iterable[Any], make: Callable[[int, Any], Made | None]) -> list[Made]:
        made = []
        for event in found:
            tick = _tick(event.time, smf.scale)
            if 0 <= tick <= limits.length:
                try:
                    made.append(make(tick, event))
                except InputError:
                    _log.debug("left out an impossible tempo or metre at tick %d", tick)
        return [event for event in made if event is not None]

    def key(tick: int, event: Any) -> Key | None:
        mode = {0: "major", 1: "minor"}.get(int(event.tonality), "")
        return key_from(tick, int(event.key), heading.modes.get(tick, mode))

    tempos = [] if smf.is_timecode else each(parsed.tempos, lambda tick, e: Tempo(tick, 60e6 / max(e.mspq, 1)))
    metres = each(parsed.time_signatures, lambda tick, e: Metre(tick, e.numerator, e.denominator))
    return Timeline.of(tempos, metres, each(parsed.key_signatures, key))
