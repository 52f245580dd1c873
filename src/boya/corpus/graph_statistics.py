"""Count a packed corpus into edges of the knowledge graph: `python -m boya.corpus.graph_statistics PACKED`.

It writes `statistics.ttl` beside the other facts: in how many pieces of the `train` split a style has each progression (of at
least four changes, found in annotated chords only, in any key; `boya.theory.graph.matching`), each instrument, key and metre. An
edge has the count of pieces, the share of the style's pieces as weight, and how many pieces were looked at. Styles that the graph
does not know are left out, as are edges of fewer than `FEWEST` pieces and those beyond the commonest of `MOST`.
Pieces of the band collection carry the chords of the song that was arranged, whatever the style of the arrangement.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from boya.corpus.packed import Packed, open_packed
from boya.score import Score
from boya.theory.graph.matching import changes, progressions_in
from boya.theory.graph.terms import Graph, graph
from boya.theory.graph.turtle import Facts, Name, header, slug, turtle, use
from boya.theory.instruments import instrument_names
from boya.theory.keys import key_name

__all__ = ["Counts", "count", "pieces_with", "statistics"]

FEWEST = 3
MOST = {"progression": 24, "instrument": 12, "key": 8, "metre": 4}
SOURCE = "corpus-statistics"
DRUMS = "instrument:drum-kit"
ABOUT = """Counted in the train split of a packed corpus by python -m boya.corpus.graph_statistics PACKED; do not change by hand.
b:count: pieces of the style that have it; b:pieces: pieces of the style that were looked at; b:weight: their ratio."""

Counts = dict[tuple[str, str], Counter[str]]


def count(pieces: Iterable[tuple[Mapping[str, Any], Score]]) -> tuple[Counts, Counter[tuple[str, str]]]:
    """Count what the pieces of each style have.

    Parameters
    ----------
    pieces
        what the manifest says of a piece (`style`, and in `named` what was not annotated), and its score

    Returns
    -------
    counts, looked_at
        (style, aspect) -> thing -> pieces; (style, aspect) -> pieces

    Examples
    --------
    >>> from boya.score import Key, Timeline, Track, note_array
    >>> tune = Track(note_array([(0, 480, 69, 80)]), program=73)
    >>> counts, _ = count([({"style": "pop"}, Score((tune,), timeline=Timeline.of(keys=[Key(0, 9, "minor")])))])
    >>> counts["pop", "instrument"], counts["pop", "key"]
    (Counter({'instrument:flute': 1}), Counter({'A minor': 1}))
    """
    counts: Counts = defaultdict(Counter)
    looked_at: Counter[tuple[str, str]] = Counter()
    for entry, score in pieces:
        for aspect, things in _things(entry, score):
            looked_at[entry["style"], aspect] += 1
            counts[entry["style"], aspect].update(set(things))
    return counts, looked_at


def statistics(packed: Packed, known: Graph) -> str:
    """Return the counts of the train split of a corpus as Turtle, for the styles that the graph knows.

    Parameters
    ----------
    packed
        from `boya.corpus.open_packed`
    known
        the graph whose styles and things are named
    """
    train = packed.split("train").tolist()
    counts, looked_at = count((packed.pieces[i], packed.score(i)) for i in train if packed.pieces[i].get("style"))
    citation = f"Boya's shared corpus, {len(train)} pieces of the train split, counted by python -m boya.corpus.graph_statistics"
    blocks = [turtle(f"source:{SOURCE}", "Source", [("rdfs:label", citation)])]
    for (style, aspect), found in sorted(counts.items()):
        named = known.get(style, "Style")
        if named:
            blocks += _edges(named.id, aspect, found, looked_at[style, aspect])
    return header(ABOUT) + "\n".join(blocks) + "\n"


def pieces_with(packed: Packed, progressions: Sequence[str]) -> dict[str, list[int]]:
    """Return the indices of the pieces of a corpus whose annotated chords have each progression, in whatever key.

    Parameters
    ----------
    packed
        from `boya.corpus.open_packed`
    progressions
        ids such as "progression:royal-road"; one of fewer than four changes is not looked for
    """
    found: dict[str, list[int]] = {identity: [] for identity in progressions}
    for index, entry in enumerate(packed.pieces):
        if len(packed.rows(index, "chords")) and "chords" not in entry.get("named", ()):
            score = packed.score(index)
            has = {f"progression:{slug(name)}" for name in progressions_in(changes(score), score.timeline.keys[0].mode)}
            for identity in has & found.keys():
                found[identity].append(index)
    return found


def _things(entry: Mapping[str, Any], score: Score) -> Iterator[tuple[str, Iterable[str]]]:
    """What a piece has of each aspect, as ids, or as text where the graph has no ids; only of what was annotated."""
    named, key = entry.get("named", ()), score.timeline.keys[0]
    programs = _programs()
    yield "instrument", (programs[track.program] if not track.is_drum else DRUMS for track in score.tracks if track.n_notes)
    if "metre" not in score.timeline.assumed:
        yield "metre", [f"{metre.numerator}/{metre.denominator}" for metre in score.timeline.metres[:1]]
    if "key" not in score.timeline.assumed and score.n_notes > len(score.tracks[0].notes) * score.tracks[0].is_drum:
        yield "key", [key_name(key.tonic, key.mode)]
        if score.chords and "chords" not in named:
            yield "progression", (f"progression:{slug(name)}" for name in progressions_in(changes(score), key.mode))


def _programs() -> list[str]:
    """The id of each General MIDI program."""
    return [f"instrument:{slug(name)}" for name in instrument_names()]


def _edges(style: str, aspect: str, found: Counter[str], total: int) -> Iterator[str]:
    """The commonest of one aspect of a style, most first."""
    ranked = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[: MOST[aspect]]
    for thing, pieces in ranked:
        if pieces >= FEWEST:
            what = Name(thing) if thing.startswith(("instrument:", "progression:")) else thing
            told: Facts = [("b:count", pieces), ("b:pieces", total)]
            yield use(style, aspect, what, round(pieces / total, 4), SOURCE, told)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("python -m boya.corpus.graph_statistics PACKED")
    written = statistics(open_packed(sys.argv[1]), graph())
    Path(str(files("boya.theory.graph") / "data" / "statistics.ttl")).write_text(written, encoding="utf-8")
