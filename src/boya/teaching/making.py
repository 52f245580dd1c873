"""Who wrote the notes of a piece of our own, what the critic kept, and what came back, from the report beside it."""

from collections.abc import Iterator, Mapping
from typing import Any

from boya.teaching.explanation import Decision
from boya.teaching.names import bar_words, bars_words
from boya.teaching.origins import Origin
from boya.teaching.wording import Words, say

__all__ = ["making_of"]

_WRITERS = {
    "composer": Words("the composer", "作曲模型"),
    "gan": Words("the GAN", "GAN"),
    "seq2seq": Words("the seq2seq", "seq2seq"),
}
_HYBRID = Words("the seq2seq (melody) and the GAN (accompaniment)", "seq2seq（旋律）与GAN（伴奏）")


def making_of(origin: Origin) -> tuple[Decision, ...]:
    """Return how the notes were written.

    >>> heard = {"critic": [{"section": "A", "candidates": [1.5, 0.5], "kept": 1}]}
    >>> origin = Origin("compose", {"seed": 3, "candidates": 4}, report=heard)
    >>> [d.words.en for d in making_of(origin)][1]
    'Of 2 drafts of section A the critic kept number 2, which it found the least unlike real music (0.5).'
    """
    return tuple(_making(origin))


def _making(origin: Origin) -> Iterator[Decision]:
    """Model, critic, repeats, seed."""
    if origin.job != "compose":
        yield Decision("job", "model", say("explain", "origin.job", job=origin.job))
    count = origin.wishes.get("candidates")
    if isinstance(count, int) and origin.job == "compose":
        model = _WRITERS.get(str(origin.wishes.get("model")), _HYBRID)
        yield Decision("notes", "model", say("explain", "origin.model", model=model, count=count))
    for row in _rows(origin.report.get("critic")):
        yield from _kept(row)
    for row in _rows(origin.report.get("repeats")):
        yield from _repeated(row)
    if "seed" in origin.wishes:
        yield Decision("seed", "rule", say("explain", "origin.seed", seed=origin.wishes["seed"]))


def _kept(row: Mapping[str, Any]) -> Iterator[Decision]:
    """What the critic kept of the drafts of a section."""
    heard, kept = row.get("candidates"), row.get("kept")
    if isinstance(heard, list) and isinstance(kept, int) and 0 <= kept < len(heard) > 1:
        values = {"label": row.get("section", ""), "count": len(heard), "kept": kept + 1, "score": float(heard[kept])}
        yield Decision("critic", "model", say("explain", "origin.kept", **values))


def _repeated(row: Mapping[str, Any]) -> Iterator[Decision]:
    """A section that came back."""
    bars, of = row.get("bars"), row.get("repeats_bar")
    again, cells = row.get("written_again"), row.get("of")
    if isinstance(bars, list) and len(bars) == 2 and all(isinstance(n, int) for n in (*bars, of, again, cells)):
        first, last = bars
        stretch = bars_words(range(first - 1, last))
        values = {"bars": Words(stretch.en[:1].upper() + stretch.en[1:], stretch.zh), "other": bar_words(int(str(of)) - 1)}
        words = say("explain", "origin.repeats_varied" if again else "origin.repeats", again=again, cells=cells, **values)
        yield Decision("repeats", "rule", words)


def _rows(found: Any) -> list[Mapping[str, Any]]:
    """The objects of a list; nothing of anything else."""
    return [row for row in found if isinstance(row, Mapping)] if isinstance(found, list) else []
