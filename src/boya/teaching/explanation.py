"""What an explanation is: sentences on the whole, on how it came about, and on each bar, in one language.

Conventions: bars are counted from 0 in values and from 1 in words and in JSON.
"""

from dataclasses import dataclass, field
from typing import Any

from boya.teaching.wording import Words, joined, say

__all__ = ["BarNote", "Decision", "Explanation"]


@dataclass(frozen=True)
class Decision:
    """One decision of a piece of our own.

    Attributes
    ----------
    what
        style, key, tempo, form, chords, band, ...
    by
        "wish" of the person, "table" that a draw was made from, "rule" that always holds, "model", or "unknown" where no table
        gives it
    words
        the sentence
    edge
        the edge or row it rests on, such as `style:pop b:usesProgression progression:royal-road`; empty for wishes
    source
        where that knowledge comes from
    """

    what: str
    by: str
    words: Words
    edge: str = ""
    source: str = ""


@dataclass(frozen=True)
class BarNote:
    """What is said of one bar, with the chords as plain values."""

    bar: int
    sentences: tuple[Words, ...]
    chords: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class Explanation:
    """An explanation of a score.

    Attributes
    ----------
    title
        of the score
    language
        in which `str` speaks
    overview
        sentences on the whole
    decisions
        how a piece of our own came about; empty for other music
    bars
        what is said of each bar
    """

    title: str
    language: str
    overview: tuple[Words, ...]
    decisions: tuple[Decision, ...] = ()
    bars: tuple[BarNote, ...] = field(default=())

    def __str__(self) -> str:
        """Return the explanation as a person reads it."""
        language = self.language
        blocks = [self.title] if self.title else []
        if self.overview:
            blocks.append(_block(say("explain", "text.overview"), list(self.overview), language))
        if self.decisions:
            blocks.append(_block(say("explain", "text.decisions"), [_with_source(d) for d in self.decisions], language))
        if self.bars:
            lines = [_bar_line(note, language) for note in self.bars]
            blocks.append("\n".join([say("explain", "text.bars").of(language), *lines]))
        return "\n\n".join(blocks)

    def as_json(self) -> dict[str, Any]:
        """Return the explanation as plain values, in its language."""
        language = self.language
        return {
            "title": self.title,
            "language": language,
            "overview": [words.of(language) for words in self.overview],
            "decisions": [
                {"what": d.what, "by": d.by, "text": d.words.of(language), "edge": d.edge, "source": d.source}
                for d in self.decisions
            ],
            "bars": [
                {"bar": note.bar + 1, "text": [words.of(language) for words in note.sentences], "chords": list(note.chords)}
                for note in self.bars
            ],
        }


def _block(head: Words, sentences: list[Words], language: str) -> str:
    """A heading and a line for each sentence."""
    return "\n".join([head.of(language), *(f"  {words.of(language)}" for words in sentences)])


def _bar_line(note: BarNote, language: str) -> str:
    """A bar with its sentences."""
    head = say("explain", "text.bar", number=note.bar + 1)
    return "  " + say("explain", "text.bar_line", bar=head, text=joined(note.sentences)).of(language)


def _with_source(decision: Decision) -> Words:
    """A decision with its source."""
    if not decision.source:
        return decision.words
    source = say("explain", "origin.sources", source=decision.source)
    return Words(f"{decision.words.en} {source.en}", decision.words.zh + source.zh)
