"""Chords found for the melody of a score, and if wished a track that plays them.

The chords come from theory alone (`boya.composing.works.harmony`); a band that plays them is written by `accompany` or `arrange`.
"""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np

from boya.composing.checks import check_share, contradiction
from boya.composing.given import rng_of
from boya.composing.piece import Piece
from boya.composing.works.bands import player_of, read_band
from boya.composing.works.given_score import heard, key_of
from boya.composing.works.habits import find_habits
from boya.composing.works.harmony import Units, chords_of_style, path, units_of
from boya.composing.works.saying import said_of
from boya.composing.works.selection import Words, read_melody
from boya.composing.works.sheets import tracks_of
from boya.errors import RequestError
from boya.score import Chord, Key, NoteArray, Score, Track, note_array
from boya.theory.chords import chord_name, chord_pitch_classes
from boya.theory.instruments import instrument
from boya.theory.keys import has_sharps, key_name

__all__ = ["harmonise", "voiced"]

LOWEST_BASS, LOWEST_VOICE, HIGHEST_VOICE = 36, 52, 72
LOUDNESS = 64


def harmonise(
    score: Score,
    *,
    style: str | None = None,
    key: str | None = None,
    melody: Words | None = None,
    track: Any = None,
    surprise: float = 0.0,
    seed: int = 0,
) -> Piece:
    """Find chords for a melody; they become the chords of the score, whose notes stay as they are.

    Parameters
    ----------
    style
        whose progressions are followed, as in `Request`; those of all styles if left out
    key
        the key to hear the melody in; that of the score, or found from its notes
    melody
        the track, by number, role or name; the one that sounds like a melody if left out
    track
        an instrument that plays the chords, as "piano": block chords whose voices move little
    surprise
        0 takes the likeliest chords; up to 1 draws less likely ones too, by the seed

    Raises
    ------
    RequestError
        if there is no melody, a word is unknown, or the instrument cannot play chords.

    Examples
    --------
    >>> tune = [(n * 480, 480, p, 80) for n, p in enumerate((60, 64, 67, 64, 65, 69, 72, 69, 67, 71, 74, 71, 72, 67, 64, 60))]
    >>> piece = harmonise(Score((Track(note_array(tune), role="melody"),)), style="pop")
    >>> [chord_name(c.root, c.quality) for c in piece.score.chords]
    ['C', 'F', 'G', 'C']
    """
    surprise, rng = check_share("surprise", surprise), rng_of(seed)
    known = heard(score, with_chords=False)
    notes = _melody(known, melody)
    tonic, mode = key_of(known, key)
    family = "" if style is None else find_habits(style)[0].name
    units = units_of(known, notes)
    vocabulary = chords_of_style(family, tonic, mode)
    chords = _merged(units, [vocabulary.kinds[n] for n in path(units, vocabulary, surprise, rng)])
    named = replace(score, chords=chords)
    if key is not None or "key" in score.timeline.assumed:
        line = score.timeline
        named = replace(named, timeline=replace(line, keys=(Key(0, tonic, mode),), assumed=line.assumed - {"key"}))
    if track is not None:
        named = named.with_tracks([*score.tracks, _chord_track(named, chords, track)])
    names = [chord_name(c.root, c.quality, sharps=has_sharps(tonic, mode)) for c in chords]
    said = [f"{len(score.chords)} chords of the score were replaced"] if score.chords else []
    wishes = {"style": style, "key": key, "melody": melody, "track": track, "surprise": surprise or None, "seed": seed}
    told = {"key": key_name(tonic, mode), "chords": names, "said": said}
    return Piece(named, said_of("harmonise", wishes), told, given=(score,))


def voiced(chords: list[tuple[int, str]]) -> list[tuple[int, ...]]:
    """Return pitches for chords, each as near as may be to the chord before; the root lies below.

    >>> voiced([(0, "maj"), (5, "maj"), (7, "7")])
    [(36, 52, 55, 60), (41, 53, 57, 60), (43, 53, 55, 59, 62)]
    """
    made: list[tuple[int, ...]] = []
    for root, quality in chords:
        classes = chord_pitch_classes(root, quality)[:5]
        choice = [_stacked(classes, low) for low in range(LOWEST_VOICE, LOWEST_VOICE + 12) if low % 12 in classes]
        before = made[-1][1:] if made else _stacked(classes, LOWEST_VOICE)
        voices = min(choice, key=lambda pitches: (_moves(before, pitches), pitches))
        made.append((LOWEST_BASS + (root - LOWEST_BASS) % 12, *voices))
    return made


def _melody(known: Score, words: Words | None) -> NoteArray:
    """The notes of the melody."""
    if words is not None:
        chosen = [known.tracks[read_melody(words, known)]]
    else:
        chosen = [track for track in known.tracks if track.role == "melody" and track.n_notes][:1]
    if not chosen or chosen[0].is_drum or not chosen[0].n_notes:
        raise RequestError("the score must have a melody: a track of single notes; give one, or name a track 'Melody'")
    return chosen[0].notes


def _merged(units: Units, kinds: list[tuple[int, str]]) -> tuple[Chord, ...]:
    """Chords from one for each unit; equal neighbours are one."""
    made: list[Chord] = []
    for (root, quality), start, stop in zip(kinds, units.bounds[:-1], units.bounds[1:], strict=True):
        if made and (made[-1].root, made[-1].quality) == (root, quality):
            made[-1] = replace(made[-1], duration=stop - made[-1].onset)
        else:
            made.append(Chord(start, stop - start, root, quality))
    return tuple(made)


def _chord_track(score: Score, chords: tuple[Chord, ...], wish: Any) -> Track:
    """A track of block chords, struck again at each bar line."""
    players = [(role, name) for role, name in read_band(wish, has_melody=True) if name is not None]
    if len(players) != 1 or players[0][0] == "drums":
        raise RequestError(f"one instrument plays the chords, as piano; got {wish!r:.60}")
    program = player_of("chords", players[0][1], is_strict=False)
    if not isinstance(program, int):
        raise RequestError(f"an instrument must play the chords, as piano; got {wish!r:.60}")
    player = instrument(program)
    if player.polyphony < 3:
        raise contradiction(f"track {player.name}", "chords", f"it sounds {player.polyphony} notes at once")
    lines = score.bar_bounds
    rows = []
    for chord, pitches in zip(chords, voiced([(c.root or 0, c.quality) for c in chords]), strict=True):
        inside = lines[(lines > chord.onset) & (lines < chord.end)].tolist()
        edges = [chord.onset, *inside, chord.end]
        fitting = [p for p in pitches if player.range[0] <= p <= player.range[1]]
        rows += [(a, b - a, p, LOUDNESS) for a, b in pairwise(edges) for p in fitting]
    return replace(tracks_of([("chords", program)])[0], notes=note_array(rows))


def _stacked(classes: tuple[int, ...], low: int) -> tuple[int, ...]:
    """Pitch classes as pitches within an octave from a lowest one."""
    return tuple(sorted(low + (note - low) % 12 for note in classes))


def _moves(before: tuple[int, ...], pitches: tuple[int, ...]) -> float:
    """How far voices move, and how far the chord lies from the middle of its room."""
    near = sum(int(np.abs(np.array(before) - pitch).min()) for pitch in pitches)
    return near + 0.3 * abs(float(np.mean(pitches)) - (LOWEST_VOICE + HIGHEST_VOICE) / 2 + 1)
