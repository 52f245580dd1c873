"""A score that a work is given: what it does not say is heard from its notes, and taken out again of what is handed back.

Conventions: roles, key and chords are named as in the training pieces (`boya.theory`), chords beat by beat.
"""

from dataclasses import replace

from boya.composing.checks import wished
from boya.composing.works.habits import find_habits, heard_as
from boya.errors import RequestError
from boya.score import Chord, Score
from boya.theory.chord_naming import name_chords
from boya.theory.keys import name_key, parse_key
from boya.theory.roles import assign_roles

__all__ = ["bar_copies", "given_back", "heard", "is_wished", "key_of", "style_words"]


def heard(score: Score, *, with_chords: bool = True) -> Score:
    """Return the score with roles, key and chords where it has none.

    Raises
    ------
    RequestError
        if there is no music.

    Examples
    --------
    >>> from boya.score import Track, note_array
    >>> known = heard(Score((Track(note_array([(0, 480, 60, 80), (480, 480, 64, 80), (960, 960, 67, 80)])),)))
    >>> known.tracks[0].role, len(known.chords) > 0
    ('melody', True)
    """
    if score.n_notes == 0:
        raise RequestError("the score has no notes; give one with music")
    known = name_key(assign_roles(score))
    return replace(known, chords=name_chords(known)) if with_chords and not known.chords else known


def key_of(known: Score, wish: str | None) -> tuple[int, str]:
    """Return tonic and mode: those wished for, or those of a score that was heard.

    Raises
    ------
    RequestError
        if the wish is no key.
    """
    first = known.timeline.keys[0]
    return (first.tonic, first.mode) if wish is None else wished(parse_key, wish)


def is_wished(value: object) -> bool:
    """Whether something is asked for.

    >>> is_wished(None), is_wished(()), is_wished("key"), is_wished(0.0)
    (False, False, True, True)
    """
    return value is not None and not (isinstance(value, str | tuple | list | dict) and not value)


def given_back(written: Score, given: Score) -> Score:
    """Return what was written into a given score as that score with other notes: nothing else in it has changed."""
    old = [replace(track, notes=new.notes) for track, new in zip(given.tracks, written.tracks, strict=False)]
    return given.with_tracks([*old, *written.tracks[len(old) :]])


def style_words(style: str | None) -> tuple[str, str]:
    """Return the words of the bar stream for a style that a person names; empty where there is none.

    >>> style_words("bossa nova"), style_words(None)
    (('latin', 'BossaNova'), ('', ''))
    """
    if style is None:
        return "", ""
    if not isinstance(style, str) or not style.strip():
        raise RequestError(f"style must be text; got {style!r:.60}; leave it out for any")
    family, substyle = find_habits(style)
    return heard_as(family.name, "" if substyle is None else substyle.id)


def bar_copies(chords: tuple[Chord, ...], sources: list[tuple[int, int]], targets: list[tuple[int, int]]) -> tuple[Chord, ...]:
    """Return the chords of some bars, placed in other bars, cut where those are shorter; bars are first tick and length.

    >>> bar_copies((Chord(0, 1920, 0), Chord(1920, 1920, 7)), [(1920, 1920)], [(3840, 1440)])
    (Chord(onset=3840, duration=1440, root=7, quality='maj', bass=None),)
    """
    made = []
    for (start, length), (goal, room) in zip(sources, targets, strict=True):
        stop = start + min(length, room)
        for chord in chords:
            onset, end = max(chord.onset, start), min(chord.end, stop)
            if onset < end:
                made.append(replace(chord, onset=goal + onset - start, duration=end - onset))
        if made and room > length and made[-1].end == goal + length:
            made[-1] = replace(made[-1], duration=made[-1].duration + room - length)
    return tuple(made)
