"""The originality report in words, from sentences that are data (`data/words.toml`), in English and Chinese."""

import tomllib
import unicodedata
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from boya.listening.originality.values import LineReport, Originality, Passage, Run

__all__ = ["LANGUAGES", "text_of_report"]

LANGUAGES = ("en", "zh")


@cache
def _sentences() -> dict[str, dict[str, str]]:
    """Every sentence by language and name; read once."""
    return tomllib.loads((files("boya.listening.originality") / "data" / "words.toml").read_text(encoding="utf-8"))


def text_of_report(about: "Originality", language: str) -> str:
    """Return a report as a person reads it."""
    say = _Voice(language)
    if about.why_nothing:
        return say("nothing", why=say(f"nothing_{about.why_nothing}"))
    parts = [say("compared", pieces=about.n_pieces), _verdict(about, say), *_most(about, say)]
    if about.near and about.near.equal < about.near.notes:
        parts.append(_of_run("near", about.near, about, say))
    if about.passage and about.passage.n_lines > 1:
        parts.append(_together(about.passage, about.real("passage"), say))
    parts += _windows(about, say)
    if any(line.longest for line in about.lines):
        parts += ["", _table(about, say)]
    return "\n".join(parts)


class _Voice:
    """Says sentences in one language."""

    def __init__(self, language: str) -> None:
        self._sentences = _sentences()[language]

    def __call__(self, sentence: str, /, **values: Any) -> str:
        """Return a sentence with its values."""
        return self._sentences[sentence].format(**values)


def _verdict(about: "Originality", say: _Voice) -> str:
    """Whether some line shares more than real music does."""
    copied = [_name(line, about, say) for line in about.lines if line.is_copied]
    return say("copied", names=say("between").join(copied)) if copied else say("usual")


def _most(about: "Originality", say: _Voice) -> list[str]:
    """The most telling run, and how usual it is."""
    run = about.most_telling
    if run is None:
        return [say("free")]
    line = next(line for line in about.lines if line.telling is run)
    more = "" if run.notes == run.telling else say("run", notes=run.notes)
    told = [_of_run("most", run, about, say, telling=run.telling, run=more)]
    rank = about.rank(line.kind)
    if line.is_copied:
        return [*told, say("rank_over", limit=line.limit)]
    return told if rank is None else [*told, say("rank", rank=rank, limit=line.limit)]


def _of_run(sentence: str, shared: "Run", about: "Originality", say: _Voice, /, **values: Any) -> str:
    """A sentence on a shared."""
    line = next(line for line in about.lines if line.track == shared.track)
    where = {"bars": _bars(shared.bars), "piece_bars": _bars(shared.piece_bars), "piece": _piece(shared, say)}
    return say(sentence, name=_name(line, about, say), notes=shared.notes, equal=shared.equal, **where, **values)


def _together(passage: "Passage", usual: float | None, say: _Voice) -> str:
    """What the nearest passage shares, all voices at once."""
    where = {"bars": _bars(passage.bars), "piece_bars": _bars(passage.piece_bars), "piece": _piece(passage, say)}
    told = say("passage", notes=passage.notes, lines=passage.n_lines, **where)
    return told if usual is None else told + say("passage_real", real=usual)


def _windows(about: "Originality", say: _Voice) -> list[str]:
    """What windows and stretches say."""
    told = []
    if about.windows:
        least = min(about.windows, key=lambda window: window.originality)
        values = {"mean": about.figures["originality"], "least": least.originality, "bars": _bars(least.bars)}
        real = {"real_mean": about.real("originality"), "real_least": about.real("least originality")}
        told.append(say("windows_alone" if None in real.values() else "windows", **values, **real))
    if about.unknown is not None:
        usual = about.real("unknown")
        share = {"share": 100 * about.unknown}
        told.append(say("unknown_alone", **share) if usual is None else say("unknown", **share, real=100 * usual))
    return told


def _table(about: "Originality", say: _Voice) -> str:
    """A row for each line."""
    rows = [[say(f"column_{name}") for name in ("line", "notes", "longest", "telling", "bars", "piece")]]
    for line in about.lines:
        run = line.telling
        longest = str(line.longest.notes) if line.longest else "-"
        found = [str(run.telling), _bars(run.bars), f"{_piece(run, say)} {_bars(run.piece_bars)}"] if run else ["-", "-", "-"]
        rows.append([_name(line, about, say), str(line.n_notes), longest, *found])
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(_padded, row, widths)).rstrip() for row in rows)


def _width(text: str) -> int:
    """Columns on a terminal: wide characters take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _padded(text: str, width: int) -> str:
    """A cell filled up to its width."""
    return text + " " * (width - _width(text))


def _name(line: "LineReport", about: "Originality", say: _Voice) -> str:
    """What a line is called; with the number of its track where another is called the same."""
    if line.track < 0:
        return say("skyline")
    number = say("track", number=line.track + 1)
    is_alone = sum(other.name == line.name for other in about.lines) == 1
    return number if not line.name else line.name if is_alone else say("named", name=line.name, number=number)


def _piece(run: "Run | Passage", say: _Voice) -> str:
    """What a piece of the corpus is called."""
    about = run.piece
    return say("piece", title=about["title"] or about["id"], source=about["source"], licence=about["licence"])


def _bars(bars: tuple[int, int]) -> str:
    """Bars from 1, the last one named."""
    first, last = bars[0] + 1, bars[1]
    return str(first) if last <= first else f"{first}-{last}"
