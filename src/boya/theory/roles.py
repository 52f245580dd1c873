"""Which part each track plays: melody, chords, bass, pad or drums.

Names decide first (`Melody`, `Bass`, `Walk`, `Voice`, `Drum`), because arrangers write them; what has no telling name is judged
by its notes: the lowest line is the bass, the highest line that moves is the melody, and of several accompanying tracks the most
sustained is the pad. Roles that a track already has are kept.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from boya.score import Score, Track

__all__ = ["assign_roles"]

_NAMES = (
    ("melody", re.compile(r"^(melod|voice|vocal|vox|sing|soprano|lead\b|solo|tune|theme|violin i$|violin 1$)", re.IGNORECASE)),
    ("bass", re.compile(r"(^bass(?!oon|et)|^walk|\bbass$|contrabass|double bass|^cello$|^violoncello$)", re.IGNORECASE)),
    ("drums", re.compile(r"^(drum|perc)", re.IGNORECASE)),
    ("pad", re.compile(r"\b(pad|strings|warm|choir)\b", re.IGNORECASE)),
    ("chords", re.compile(r"^(bridge|chord|arpeggio|plectrum|comp|accomp|harmony)", re.IGNORECASE)),
)
_BROKEN = re.compile(r"^(arpeggio|plectrum)", re.IGNORECASE)
_KEYBOARD = re.compile(r"piano|keyboard|organ|harp|guitar", re.IGNORECASE)
_SUSTAINED_BARS = 0.4  # mean note length from which a broken-chord track still counts as a pad
_BASS_TOP = 55.0  # the mean pitch of a bass line lies below G3
_BASS_PROGRAMS = range(32, 40)


def assign_roles(score: Score) -> Score:
    """Return the score with a role on every track that has notes.

    Parameters
    ----------
    score
        any score; roles already given are kept.

    Examples
    --------
    >>> from boya.score import note_array
    >>> tune = Track(note_array([(i * 480, 480, 72 + i % 5, 80) for i in range(8)]), name="Melody")
    >>> low = Track(note_array([(i * 960, 960, 36 + i % 3, 80) for i in range(4)]), program=32)
    >>> [t.role for t in assign_roles(Score((tune, low))).tracks]
    ['melody', 'bass']
    """
    roles = [t.role or _named_role(t) for t in score.tracks]
    weak = [bool(r) and not t.role for r, t in zip(roles, score.tracks, strict=True)]
    _one_of_each_name(roles, weak, score.tracks)
    _guess_bass(roles, score.tracks)
    _guess_melody(roles, score.tracks)
    for index, track in enumerate(score.tracks):
        if not roles[index] and track.n_notes:
            roles[index] = "chords"
    _choose_pad(roles, score)
    return score.with_tracks(replace(t, role=r) for t, r in zip(score.tracks, roles, strict=True))


def _named_role(track: Track) -> str:
    """Role by drum flag, name, or bass program; empty when they say nothing."""
    if track.is_drum:
        return "drums"
    name = track.name.strip()
    found = next((role for role, pattern in _NAMES if pattern.search(name)), "")
    if found == "drums":  # a pitched track named "Percussion" is no drum kit
        found = ""
    return found or ("bass" if track.program in _BASS_PROGRAMS else "")


def _one_of_each_name(roles: list[str], weak: Sequence[bool], tracks: Sequence[Track]) -> None:
    """Of several tracks named as melody, keep the one with most notes; the others accompany."""
    named = [i for i, role in enumerate(roles) if role == "melody" and weak[i]]
    for index in sorted(named, key=lambda i: -tracks[i].n_notes)[1:]:
        roles[index] = ""


def _guess_bass(roles: list[str], tracks: Sequence[Track]) -> None:
    """Without a bass, the lowest line becomes it, if it is low and mostly one note at a time."""
    open_tracks = [i for i, role in enumerate(roles) if not role and tracks[i].n_notes]
    if "bass" in roles or len(open_tracks) + ("melody" in roles) < 2 or not open_tracks:
        return
    keyboards = [i for i in open_tracks if _KEYBOARD.search(tracks[i].name)]
    if len(keyboards) == 1:
        open_tracks.remove(keyboards[0])  # one piano staff is the harmony, two are two hands
    if not open_tracks:
        return
    lowest = min(open_tracks, key=lambda i: float(tracks[i].notes["pitch"].mean()))
    if tracks[lowest].notes["pitch"].mean() < _BASS_TOP and _single_share(tracks[lowest]) > 0.8:
        roles[lowest] = "bass"


def _guess_melody(roles: list[str], tracks: Sequence[Track]) -> None:
    """Without a melody, the highest line that moves becomes it; a lone track is the melody if it is a line."""
    open_tracks = [i for i, role in enumerate(roles) if not role and tracks[i].n_notes]
    if "melody" in roles or not open_tracks:
        return
    best = max(open_tracks, key=lambda i: _melodiousness(tracks[i]))
    if _single_share(tracks[best]) > 0.6:
        roles[best] = "melody"


def _melodiousness(track: Track) -> float:
    """High, one note at a time, and moving: larger is more like a melody."""
    pitch = track.notes["pitch"].astype(float)
    variety = len(np.unique(track.notes["pitch"])) / 12
    return float(pitch.mean()) / 24 + 2 * _single_share(track) + min(variety, 1.0)


def _single_share(track: Track) -> float:
    """Share of onsets at which only one note begins."""
    _, counts = np.unique(track.notes["onset"], return_counts=True)
    return float(np.mean(counts == 1)) if len(counts) else 0.0


def _choose_pad(roles: list[str], score: Score) -> None:
    """Of two or more accompanying tracks the most sustained becomes the pad; broken chords only if they ring."""
    accompanying = [i for i, role in enumerate(roles) if role == "chords" and not score.tracks[i].role]
    if "pad" in roles or len(accompanying) < 2:
        return
    bar = score.timeline.metres[0].ticks_per_bar
    length = {i: float(score.tracks[i].notes["duration"].mean()) / bar for i in accompanying}
    parts = [(score.tracks[i].name, score.tracks[i].program) for i in accompanying]
    accompanying = [i for i, part in zip(accompanying, parts, strict=True) if parts.count(part) == 1]  # not staves of one piano
    ringing = [i for i in accompanying if not _BROKEN.match(score.tracks[i].name) or length[i] >= _SUSTAINED_BARS]
    if ringing:
        roles[max(ringing, key=lambda i: (length[i], -i))] = "pad"
