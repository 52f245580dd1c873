"""What a piece is, in terms of the knowledge graph: style and what that belongs to, instruments, mode, metre and tempo.

Conventions: a *facet* is the id of a thing of the graph, such as `style:waltz` or `tempo:adagio`, or one of two that the graph
has no things for, `metre:3/4` and `key:A minor`. Facets are what a listener's taste is learnt on and told in, and their names,
English and Chinese, are words that a piece is found by.
"""

from collections.abc import Iterable
from functools import cache

import numpy as np

from boya.score import MODES, Key, Score
from boya.theory.graph import graph
from boya.theory.instruments import instrument
from boya.theory.keys import find_key, key_name

__all__ = ["facet_label", "facet_words", "facets_of"]

TEMPI = ("largo", "adagio", "andante", "moderato", "allegro", "presto")
UNSAID = (Key(0, 0, "major"),)  # what a timeline has when nobody named a key


def facets_of(score: Score, style: str = "", substyle: str = "") -> tuple[str, ...]:
    """Return the facets of a score, each once.

    Parameters
    ----------
    style, substyle
        names in English or Chinese, or nothing; names that the graph does not know are passed over

    Examples
    --------
    >>> from boya.score import Track, note_array
    >>> scale = [(i * 480, 480, pitch, 80) for i, pitch in enumerate((69, 71, 72, 74, 76, 77, 80, 81))]
    >>> facets_of(Score((Track(note_array(scale), program=73),)), "waltz")[:3]
    ('style:waltz', 'instrument:flute', 'family:flutes')
    """
    heard = [track for track in score.tracks if track.n_notes]
    programs = dict.fromkeys(track.program for track in heard if not track.is_drum)
    found = [*_with_broader(name for name in (substyle, style) if name)]
    found += [facet for program in programs for facet in _played(program)]
    found += ["role:drums"] if any(track.is_drum for track in heard) else []
    found += _keys(score) if heard else []
    found += list(dict.fromkeys(f"metre:{metre.numerator}/{metre.denominator}" for metre in score.timeline.metres[:8]))
    return tuple(dict.fromkeys([*found, _tempo(_usual_qpm(score))]))


def facet_label(facet: str, language: str = "en") -> str:
    """Return the name of a facet in English (en) or Chinese (zh).

    >>> facet_label("style:waltz"), facet_label("style:waltz", "zh"), facet_label("metre:3/4")
    ('waltz', '圆舞曲', '3/4')
    """
    kind, _, name = facet.partition(":")
    return name if kind in ("metre", "key") else graph().label(facet, language)


def facet_words(facets: Iterable[str], score: Score) -> str:
    """Return all names of facets, English and Chinese, and of all terms for the tempo of a score, as words to be found by.

    >>> words = facet_words(["style:waltz", "key:A minor"], Score()).split()
    >>> {"waltz", "华尔兹", "minor"} <= set(words)
    True
    """
    named = [*facets, *_tempo_terms(round(_usual_qpm(score)))]
    return " ".join(dict.fromkeys(word for facet in named for word in _names(facet)))


@cache
def _names(facet: str) -> tuple[str, ...]:
    """All names of a facet."""
    if facet.partition(":")[0] in ("metre", "key"):
        return (facet_label(facet),)
    found = graph().get(facet)
    return found.names if found else ()


def _with_broader(names: Iterable[str]) -> Iterable[str]:
    """The styles of these names, and those that they belong to."""
    for name in names:
        yield from _style(name)


@cache
def _style(name: str) -> tuple[str, ...]:
    """A style and those that it belongs to."""
    term = graph().get(name, "Style")
    return _above(term.id) if term else ()


@cache
def _played(program: int) -> tuple[str, ...]:
    """An instrument and its families."""
    term = graph().get(instrument(program).name, "Instrument")
    if term is None:
        return ()
    families = (str(family) for family in graph().values(term.id, "family"))
    return tuple(dict.fromkeys([term.id, *(one for family in families for one in _above(family))]))


def _above(identity: str) -> tuple[str, ...]:
    """A thing and all that it belongs to, the nearest first."""
    found = [identity]
    for one in found:
        found += [str(value) for value in graph().values(one, "broader") if value not in found]
    return tuple(found)


def _keys(score: Score) -> list[str]:
    """Key and mode: those that the score says, or that are heard."""
    keys = score.timeline.keys
    key = find_key(score) if keys == UNSAID else keys[0]
    return [f"key:{key_name(key.tonic, key.mode)}"] + [f"scale:{key.mode}"] * (key.mode in MODES)


def _usual_qpm(score: Score) -> float:
    """The tempo that holds longest."""
    tempos = score.timeline.tempos
    ends = np.append([tempo.tick for tempo in tempos[1:]], max(score.end, tempos[-1].tick + 1))
    return float(tempos[int(np.argmax(ends - [tempo.tick for tempo in tempos]))].qpm)


@cache
def _usual() -> tuple[tuple[str, float], ...]:
    """The main tempo terms and their usual tempo."""
    return tuple((f"tempo:{name}", float(str(graph().values(f"tempo:{name}", "usualTempo")[0]))) for name in TEMPI)


def _tempo(qpm: float) -> str:
    """The main tempo term nearest to a tempo."""
    return min(_usual(), key=lambda pair: abs(np.log(pair[1] / qpm)))[0]


@cache
def _tempo_terms(qpm: int) -> tuple[str, ...]:
    """The Italian tempo terms that a tempo lies in; their other names say slow and fast."""
    lies_in = f"FILTER(?low <= {qpm} && {qpm} <= ?high)"
    rows = graph().query(f'SELECT ?term WHERE {{ ?term b:language "it" ; b:slowest ?low ; b:fastest ?high . {lies_in} }}')
    return tuple(sorted(str(row["term"]) for row in rows))
