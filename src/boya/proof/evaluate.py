"""Measure areas one after another and keep the scoreboard, and the models' cards, up to date on the way.

A new area is a file of this package with a function `rows(setup)` and a line in `AREAS`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from boya.errors import FileError, InputError
from boya.evaluation.scoreboard import Row, update_scoreboard
from boya.proof import composer, corpus, files, gan, listening, seq2seq, sound, speed, theory
from boya.proof.cards import update_cards
from boya.proof.setup import Setup

__all__ = ["AREAS", "evaluate"]

AREAS: dict[str, Callable[[Setup], Iterator[Row]]] = {
    "corpus": corpus.rows,
    "files": files.rows,
    "gan": gan.rows,
    "seq2seq": seq2seq.rows,
    "composer": composer.rows,
    "theory": theory.rows,
    "listening": listening.rows,
    "sound": sound.rows,
    "speed": speed.rows,
}


def evaluate(
    areas: Iterable[str] | None = None,
    packed: str | Path | None = None,
    out: str | Path | None = None,
    seed: int = 0,
    quick: bool = False,
    *,
    models: str | Path = "runs/models",
    data: str | Path | None = None,
    slow: bool = False,
    cards: str | Path | None = None,
    note: Callable[[str], None] | None = None,
) -> list[Row]:
    """Measure, and write `scoreboard.json`, `scoreboard.md` and the figures on the cards.

    Parameters
    ----------
    areas
        names of AREAS; all of them when None.
    packed
        folder of a packed corpus, for corpus, gan, seq2seq and composer.
    out
        folder of the scoreboard, rewritten after each area; rows that are not measured stay. None writes nothing.
    seed
        of everything drawn.
    quick
        small numbers: shows that everything runs, the figures are noisy.
    models
        folder of exported models that do not ship (`gan-likelihood`, `gan-dense`; `composer` where it does not).
    data
        folder with `catalog.csv`; with `slow` the corpus is built from it again.
    slow
        also what takes minutes: the build of the corpus, the long run of the fuzzer.
    cards
        folder of the models' cards, which are given the scoreboard's figures of each model; None leaves them as they are.
    note
        called with a line for everything that was left out.

    Returns
    -------
    list
        the rows measured now.

    Raises
    ------
    InputError
        if an area is unknown, or needs a packed corpus and none is given.
    FileError
        if the scoreboard or a card cannot be written.
    """
    names = _known(areas)
    told = {} if note is None else {"note": note}
    setup = Setup("", Path(packed) if packed else None, Path(models), Path(data) if data else None, seed, quick, slow, **told)
    measured: list[Row] = []
    for name in names:
        found = list(AREAS[name](replace(setup, area=name)))
        if out is not None:
            _write(Path(out), found, Path(cards) if cards else None)
        measured += found
    return measured


def _known(areas: Iterable[str] | None) -> Sequence[str]:
    """Check names; each once, in the order of AREAS."""
    asked = list(AREAS) if areas is None else list(areas)
    unknown = [name for name in asked if name not in AREAS]
    if unknown:
        raise InputError(f"an area must be one of {', '.join(AREAS)}; got {unknown[0]!r}")
    return [name for name in AREAS if name in asked]


def _write(folder: Path, rows: list[Row], cards: Path | None) -> None:
    """Bring the scoreboard up to date, and the cards."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"{folder} cannot be made: {error.strerror}") from error
    known = update_scoreboard(folder / "scoreboard.json", rows)
    if cards is not None:
        update_cards(known, cards)
