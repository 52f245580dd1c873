"""A piece as the index takes it in: its lines, its bars, and the words that it is found by."""

from collections.abc import Iterable
from dataclasses import dataclass

from boya.listening.content import Sketch
from boya.listening.search.voices import STEPS_PER_QUARTER, Line, lines_of
from boya.score import TICKS_PER_QUARTER, Metre, Score, Timeline

__all__ = ["Entry", "bar_of", "entry_of", "metres_text"]

_SILENT = "0 4/4"  # the metre of a piece that says nothing


@dataclass(frozen=True, eq=False)
class Entry:
    """A piece.

    Attributes
    ----------
    id
        what it is known by; another entry of the same id takes its place
    lines
        of `lines_of`
    title, composer, text
        words that it is found by; `text` is whatever else is known
    checksum
        of its source, so that an unchanged file is not read again
    metres
        as `metres_text` writes them: `0 4/4`
    sketch
        what others are found by that are like it; None where it has no notes, or nobody will ask
    """

    id: str
    lines: tuple[Line, ...]
    title: str = ""
    composer: str = ""
    text: str = ""
    checksum: str = ""
    metres: str = _SILENT
    sketch: Sketch | None = None

    def __post_init__(self) -> None:
        for name in ("id", "title", "composer", "text", "checksum"):
            word = getattr(self, name)
            if not word.isascii():  # names of files may hold what is no Unicode
                object.__setattr__(self, name, word.encode("utf-8", "replace").decode("utf-8"))


def entry_of(
    score: Score,
    id: str,
    *,
    title: str = "",
    composer: str = "",
    text: str = "",
    checksum: str = "",
    sketch: Sketch | None = None,
) -> Entry:
    """Return a score as an entry; its own title and composer hold where none are given.

    Examples
    --------
    >>> entry_of(Score(title="Silence"), "a").title
    'Silence'
    """
    names = (title or score.title, composer or score.composer)
    return Entry(id, tuple(lines_of(score)), *names, text, checksum, metres_text(score.timeline.metres), sketch)


def metres_text(metres: Iterable[Metre]) -> str:
    """Return metres as text: tick, metre, and so on.

    >>> metres_text([Metre(0, 4, 4), Metre(1920, 3, 4)])
    '0 4/4 1920 3/4'
    """
    return " ".join(f"{metre.tick} {metre.numerator}/{metre.denominator}" for metre in metres)


def bar_of(metres: str, step: int) -> int:
    """Return the bar, counted from 0, that a step lies in.

    >>> bar_of("0 4/4 1920 3/4", 48), bar_of("0 4/4 1920 3/4", 84)
    (1, 2)
    """
    words = metres.split()
    if len(words) == 2:  # one metre: no need of a timeline
        above, below = map(int, words[1].split("/"))
        return step * below // (above * 4 * STEPS_PER_QUARTER)
    pairs = [(int(tick), *map(int, metre.split("/"))) for tick, metre in zip(words[::2], words[1::2], strict=True)]
    timeline = Timeline.of(metres=[Metre(*pair) for pair in pairs])
    return int(timeline.bar_at(step * (TICKS_PER_QUARTER // STEPS_PER_QUARTER)))
