"""Music written in words: `piece("C5 B4:2 -", "E4 D4 E4 F4")`; a name is a quarter, `:2` a half note, `-` a rest."""

from boya.score import Key, Metre, Score, Timeline, Track, note_array
from boya.theory.keys import parse_key

STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


def pitch(name):
    """C#5 -> 73."""
    return STEPS[name[0]] + name.count("#") - name[1:].count("b") + 12 * (int(name[-1]) + 1)


def line(words):
    """A voice as rows of onset, duration, pitch, velocity."""
    rows, at = [], 0
    for word in words.split():
        name, _, length = word.partition(":")
        ticks = round(480 * float(length or 1))
        if name != "-":
            rows.append((at, ticks, pitch(name), 80))
        at += ticks
    return rows


def piece(*voices, key="C major", metre=(4, 4)):
    """Voices from the highest to the lowest as a score."""
    tonic, mode = parse_key(key)
    tracks = [Track(note_array(line(words)), 52, name=f"v{n}") for n, words in enumerate(voices)]
    return Score(tuple(tracks), Timeline(keys=(Key(0, tonic, mode),), metres=(Metre(0, *metre),)))
