"""What lessons call notes, keys, chords and intervals, in English and Chinese. Source of the terms: `data/terms.toml`."""

from collections.abc import Sequence

from boya.errors import InputError
from boya.teaching.spelling import Note
from boya.teaching.wording import Words, load, say
from boya.theory.chords import chord_name
from boya.theory.keys import has_sharps, key_name
from boya.theory.scales import find_scale

__all__ = ["bar_words", "bars_words", "chord_words", "interval_words", "key_words", "note_words", "quality_words", "scale_words"]

_ALTERED = {-2: "double_flat", -1: "flat", 0: "natural", 1: "sharp", 2: "double_sharp"}


def note_words(note: Note, *, has_octave: bool = True) -> Words:
    """Return the name of a note.

    >>> from boya.teaching.spelling import parse_note
    >>> note_words(parse_note("Bb4"))
    Words(en='Bb4', zh='降B4')
    """
    words = say("terms", _ALTERED.get(note.alter, "natural"), letter=note.letter)
    after = str(note.octave) if has_octave else ""
    return Words(words.en + after, words.zh + after)


def letter_words(name: str) -> Words:
    """Return the name of a pitch class that is written as text.

    >>> letter_words("F#")
    Words(en='F#', zh='升F')
    """
    return say("terms", _ALTERED[name.count("#") - name[1:].count("b")], letter=name[0])


def key_words(tonic: int, mode: str) -> Words:
    """Return the name of a key.

    >>> key_words(10, "major")
    Words(en='Bb major', zh='降B大调')
    """
    return say("terms", "key", tonic=letter_words(key_name(tonic, mode).split()[0]), mode=say("terms", f"mode.{mode}"))


def scale_words(tonic: Note, name: str) -> Words:
    """Return the name of a scale on a note.

    >>> from boya.teaching.spelling import parse_note
    >>> scale_words(parse_note("D4"), "harmonic minor")
    Words(en='D harmonic minor', zh='D和声小调')
    """
    scale = find_scale(name)
    return say("terms", "scale_name", tonic=note_words(tonic, has_octave=False), scale=Words(scale.name, scale.zh))


def quality_words(quality: str) -> Words:
    """Return the name of a chord quality; its symbol where it has no name here.

    >>> quality_words("dim7"), quality_words("7(#9)").en
    (Words(en='diminished seventh chord', zh='减七和弦'), '7#9')
    """
    row = load("terms")["quality"].get(quality)
    if row is not None:
        return Words(row["en"], row["zh"])
    return Words(*(chord_name(0, quality)[1:],) * 2)


def chord_words(root: int | None, quality: str, bass: int | None = None, *, key: tuple[int, str] = (0, "major")) -> Words:
    """Return the symbol of a chord, spelled for a key.

    >>> chord_words(1, "min7", None, key=(4, "major")).en
    'C#m7'
    """
    symbol = chord_name(root, quality, bass, sharps=has_sharps(*key))
    return Words(symbol, symbol)


def interval_words(name: str) -> Words:
    """Return the name of an interval of `data/terms.toml`.

    >>> interval_words("m7")
    Words(en='minor seventh', zh='小七度')
    """
    row = load("terms")["interval"].get(name)
    if row is None:
        raise InputError(f"an interval must be one of {', '.join(load('terms')['interval'])}; got {name!r}")
    return Words(row["en"], row["zh"])


def bar_words(bar: int) -> Words:
    """Return the name of a bar that is counted from 0.

    >>> bar_words(0).en
    'bar 1'
    """
    return say("terms", "bar", number=bar + 1)


def bars_words(bars: Sequence[int]) -> Words:
    """Return the name of a stretch of bars that are counted from 0.

    >>> bars_words(range(4, 8)).en, bars_words([2]).en
    ('bars 5-8', 'bar 3')
    """
    if len(bars) == 1:
        return bar_words(bars[0])
    return say("terms", "bars", first=bars[0] + 1, last=bars[-1] + 1)
