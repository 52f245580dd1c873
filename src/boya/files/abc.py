"""ABC notation (`.abc`): read through music21 behind a guard, written by ourselves.

Read: the first tune of the file (`tunes` gives all): pitch, onset, duration, voices with names and `%%MIDI program`, tempo,
metre, key, chord symbols; repeats are played out. Written: ABC 2.1, one voice per line of music, from the grid of
1/12 quarter; a track that needs several voices becomes several. Velocities, roles, sections and the licence are not kept.

music21 cannot write ABC. Source: C. Walshaw et al., "The ABC Music standard 2.1", 2011.
"""

from dataclasses import replace
from typing import Any

from boya.errors import FormatError
from boya.files.abc_text import Tune, Voice, tune_of, tunes
from boya.files.abc_writer import tune
from boya.files.limits import Limits
from boya.files.sniff import looks_like
from boya.files.streams import music21, no_foreign_errors, score_of, track_of
from boya.score import Score

__all__ = ["decode", "encode", "tunes"]


def decode(data: bytes, limits: Limits) -> Score:
    """Read the first tune of an ABC file.

    Raises
    ------
    FormatError
        if there is no tune in it.
    LimitError
        if it is too large.
    MissingExtraError
        if music21 is not installed.
    """
    found = tunes(data)
    if not found:
        raise FormatError(f"an ABC file holds a tune with a K: field; this looks like {looks_like(data)}. Check the suffix.")
    text = tune_of(found[0], limits)
    voices = list(text.voices.values())
    stream = music21("stream").Score()
    with no_foreign_errors("ABC"):
        for voice in voices or [Voice()]:
            stream.insert(0, _part(text, voice))
        about = dict(enumerate(voices))
        score = score_of(stream, limits, lambda part, number: _track(part, about.get(number, Voice())), text.chords)
    return replace(score, title=text.title, composer=text.composer)


def encode(score: Score) -> bytes:
    """Write one tune.

    Raises
    ------
    InputError
        if a chord has an unknown quality.

    Examples
    --------
    >>> encode(Score(title="Silence")).decode().splitlines()[:2]
    ['X:1', 'T:Silence']
    """
    return tune(score).encode("utf-8", "replace")


def _part(text: Tune, voice: Voice) -> Any:
    """A voice as a music21 part, with the ties of its chords, which music21 reads and forgets."""
    abc = music21("abcFormat")
    handler = abc.ABCFile((2, 1, 0)).readstr(text.text_of(voice))
    part = music21("abcFormat.translate").abcToStreamPart(handler)
    tokens = [token for token in handler.tokens if isinstance(token, abc.ABCChord) and token.subTokens]
    chords = [chord for chord in part.flatten().getElementsByClass("Chord") if "Harmony" not in chord.classes]
    if len(tokens) == len(chords):
        for token, chord in zip(tokens, chords, strict=True):
            if token.tie:
                chord.tie = music21("tie").Tie(token.tie)
    return part


def _track(part: Any, voice: Voice) -> Any:
    """A voice with what the text says about it."""
    return track_of(part, voice.program, voice.is_drum, voice.name)
