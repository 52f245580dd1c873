"""How the lines of a score combine: one line, one rhythm for all, a melody with accompaniment, or lines of their own.

Conventions: drums are left out. Two tracks move together where they begin notes at one tick; the share of such onsets tells
homophony (from `TOGETHER` up) from polyphony. Roles tell a melody with accompaniment, or else a track with chords does.
"""

from collections.abc import Sequence
from itertools import combinations, pairwise

import numpy as np

from boya.score import Score, Track, note_ends
from boya.teaching.wording import Words, listed, say
from boya.theory.instruments import instrument

__all__ = ["entering", "player_words", "players_of", "texture_of", "texture_words"]

TOGETHER = 0.7


def texture_of(score: Score) -> str:
    """Return the texture: solo, homophony, accompanied, polyphony; empty where nothing pitched sounds.

    >>> from boya.score import note_array
    >>> texture_of(Score((Track(note_array([(0, 480, 60, 80), (480, 480, 62, 80)])),)))
    'solo'
    """
    tracks = [track for track in score.tracks if track.n_notes and not track.is_drum]
    if not tracks:
        return ""
    if len(tracks) == 1:
        return "solo" if _most_at_once(tracks[0]) == 1 else "accompanied" if _is_uneven(tracks[0]) else "homophony"
    if any(track.role == "melody" for track in tracks) and any(track.role in ("chords", "pad", "bass") for track in tracks):
        return "accompanied"
    together = np.mean([_shared(a, b) for a, b in combinations(tracks, 2)])
    if together >= TOGETHER:
        return "homophony"
    return "accompanied" if any(_most_at_once(track) > 2 for track in tracks) else "polyphony"


def texture_words(score: Score) -> Words | None:
    """Return the texture in words; None where nothing pitched sounds."""
    kind = texture_of(score)
    if not kind:
        return None
    return say("explain", f"texture.{kind}", count=sum(not track.is_drum and track.n_notes > 0 for track in score.tracks))


def player_words(track: Track) -> Words:
    """Return the name of a track: its own, or that of its instrument.

    >>> player_words(Track(program=73)), player_words(Track(name="Violin I", program=40)).zh
    (Words(en='Flute', zh='长笛'), 'Violin I')
    """
    if track.is_drum:
        return Words("Drums", "鼓")
    known = instrument(track.program)
    if track.name and track.name.casefold() not in (known.name.casefold(), track.role):
        return Words(track.name, track.name)
    return Words(known.name, known.zh)


def players_of(score: Score) -> list[Words]:
    """Return the name of every track, its role beside it where another track has the same instrument.

    >>> [words.en for words in players_of(Score((Track(name="Melody", role="melody"), Track(role="chords"), Track(name="Left"))))]
    ['Acoustic Grand Piano (melody)', 'Acoustic Grand Piano (chords)', 'Left']
    """
    named = [player_words(track) for track in score.tracks]
    programs = [None if track.is_drum else track.program for track in score.tracks]
    for number, track in enumerate(score.tracks):
        known = instrument(track.program)
        if (
            track.role
            and not track.is_drum
            and programs.count(track.program) > 1
            and named[number] == Words(known.name, known.zh)
        ):
            role = say("explain", f"origin.role.{track.role}")
            named[number] = Words(f"{known.name} ({role.en})", f"{known.zh}（{role.zh}）")
    return named


def entering(score: Score, players: Sequence[Words]) -> list[tuple[Words | None, Words | None]]:
    """Return for each bar a sentence on the tracks that enter after silence, and on those that fall silent."""
    bounds = score.bar_bounds
    active = [[_sounds(track, int(a), int(b)) for a, b in pairwise(bounds)] for track in score.tracks]
    found: list[tuple[Words | None, Words | None]] = []
    for bar in range(len(bounds) - 1):
        before = [row[bar - 1] if bar else True for row in active]
        now = [row[bar] for row in active]
        come = [p for p, a, b in zip(players, before, now, strict=True) if b and not a]
        gone = [p for p, a, b in zip(players, before, now, strict=True) if a and not b and bar]
        found.append((_told("enter", come), _told("leave", gone)))
    return found


def _told(what: str, players: list[Words]) -> Words | None:
    """A sentence on players, none where there are none."""
    if not players:
        return None
    return say("explain", f"texture.{what}{'s' if len(players) == 1 else ''}", list=listed(players))


def _sounds(track: Track, start: int, end: int) -> bool:
    """Whether a track sounds in a span."""
    return bool(((track.notes["onset"] < end) & (note_ends(track.notes) > start)).any())


def _shared(a: Track, b: Track) -> float:
    """Share of the onsets of the slower track that the other has too."""
    first, second = np.unique(a.notes["onset"]), np.unique(b.notes["onset"])
    return len(np.intersect1d(first, second)) / max(len(first), len(second))


def _most_at_once(track: Track) -> int:
    """The most notes that begin at one tick."""
    return int(np.unique(track.notes["onset"], return_counts=True)[1].max())


def _is_uneven(track: Track) -> bool:
    """Whether single notes and chords take turns, as hands at a piano do."""
    counts = np.unique(track.notes["onset"], return_counts=True)[1]
    return bool((counts == 1).mean() > 0.2)
