"""Answer plain questions from the graph, in English and Chinese: "instruments for jazz", "江南丝竹用什么乐器".

Conventions: `data/questions.toml` pairs the patterns of a question with a SPARQL query; this module finds the question, the thing
it is about, and puts the answers in order: those that hold for the very thing first, then by weight, then by their share of the
corpus, then by name. A question in Chinese is answered with Chinese labels. A reply comes with the citations it stands on.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from tomllib import loads
from typing import Any

from boya.errors import InputError
from boya.theory.graph.described import chords_in, facts
from boya.theory.graph.store import Value
from boya.theory.graph.terms import LANGUAGES, Graph, Term
from boya.theory.tables import nearest_names

__all__ = ["Answer", "Reply", "answer_question", "examples"]

_ENDINGS = ("scale", "mode", "style", "music", "progression", "chord", "音阶", "调式", "风格", "音乐", "进行", "和弦", "乐器")


@dataclass(frozen=True)
class Answer:
    """One line of a reply: id ("" for plain text), what to read, a detail ("I | V | vi | IV"), the pieces that have it of those
    looked at (0 where none were), and the label of the broader thing by which it holds ("" where it is the one asked for)."""

    id: str
    label: str
    detail: str = ""
    count: int = 0
    total: int = 0
    of: str = ""


@dataclass(frozen=True)
class Reply:
    """What a question was understood as, the thing it is about, the language, the answers, and the sources they stand on."""

    question: str
    about: Term
    language: str
    answers: tuple[Answer, ...]
    sources: tuple[str, ...]


def examples(language: str = "en") -> tuple[str, ...]:
    """Return a question of each kind.

    >>> examples()[:2]
    ('instruments for jazz', 'progressions in dorian')
    """
    return tuple(row[f"example_{language}"] for row in _table()["question"])


def answer_question(graph: Graph, text: str) -> Reply:
    """Answer a plain question.

    Parameters
    ----------
    graph
        to look in
    text
        a question in English or Chinese

    Raises
    ------
    InputError
        if no question fits, with examples; if none of the names is known, with the nearest ones.

    Examples
    --------
    >>> from boya.theory.graph import graph
    >>> reply = answer_question(graph(), "progressions in dorian")
    >>> reply.about.id, "progression:dorian-vamp-with-ii" in [answer.id for answer in reply.answers]
    ('scale:dorian', True)
    """
    plain = re.sub(r"\s+", " ", text).strip().rstrip("?？。.!！ ")
    unknown: dict[str, str] = {}
    for row, language, name in _fitting(plain):
        about = _thing(graph, name, row["kinds"])
        if about is not None:
            return _reply(graph, row, about, language)
        unknown |= dict.fromkeys(row["kinds"], name)
    if unknown:
        name = _names_of(next(iter(unknown.values())))[-1]
        labels = [term.label("en" if name.isascii() else "zh") for kind in unknown for term in graph.terms(kind)]
        near = nearest_names(name, labels)
        hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(labels[:6])}, ..."
        raise InputError(f"the graph knows no {' or '.join(k.lower() for k in list(unknown)[:4])} called {name!r}; {hint}")
    shown = "; ".join(examples("zh" if re.search(r"[\u4e00-\u9fff]", plain) else "en"))
    raise InputError(f"a question must be SPARQL or like one of these: {shown}")


def _fitting(text: str) -> Iterator[tuple[Mapping[str, Any], str, str]]:
    """The questions whose pattern fits, each with the language and the name that stands for the thing."""
    for row, language, pattern in _patterns():
        if match := pattern.fullmatch(text):
            yield row, language, match["thing"]


def _thing(graph: Graph, name: str, kinds: Collection[str]) -> Term | None:
    """The thing of a name, None if the graph has none of these kinds."""
    for word in _names_of(name):
        for kind in (None, *kinds):  # of all kinds first, where a main label counts before the other names of another kind
            found = graph.get(word, kind)
            if found is not None and found.kind in kinds:
                return found
    return None


def _names_of(name: str) -> list[str]:
    """What a name may be: as written, in the singular, without a word such as "scale" at its end, without an article."""
    plain = re.sub(r"^(?:an?|the|some) ", "", name.strip(), flags=re.IGNORECASE)
    shorter = [plain[: -len(ending)].rstrip() for ending in _ENDINGS if plain.casefold().endswith(ending) and plain != ending]
    single = [plain[:-1]] if plain.casefold().endswith("s") else []
    return [name, *single, *shorter, plain]


def _reply(graph: Graph, row: Mapping[str, Any], about: Term, language: str) -> Reply:
    """Ask the query of a question about a thing."""
    if row["query"] == "facts":
        found, sources = facts(graph, about, language)
        answers = [Answer("", name, value) for name, value in found]
    elif row["query"] == "chords":
        answers = [Answer("", name, symbols) for name, symbols in chords_in(graph, about)]
        sources = [str(source) for source in graph.values(about.id, "dct:source")]
    else:
        answers, sources = _collected(graph, graph.query(row["query"].replace("$thing", about.id)), about, language)
    return Reply(row["name"], about, language, tuple(answers), tuple(dict.fromkeys(graph.label(s, language) for s in sources)))


def _collected(graph: Graph, rows: list[dict[str, Value]], about: Term, language: str) -> tuple[list[Answer], list[str]]:
    """One answer for each thing, best first, and the sources of all."""
    by_thing: dict[str, list[dict[str, Value]]] = {}
    for row in rows:
        by_thing.setdefault(str(row["answer"]), []).append(row)
    ranked = []
    for key, same in by_thing.items():
        narrower = [row for row in same if row.get("of") in (None, about.id)]
        of = "" if narrower else graph.label(str(same[0]["of"]), language)
        count, total = max((int(row.get("count") or 0), int(row.get("total") or 0)) for row in same)
        detail = next((str(row["detail"]) for row in same if row.get("detail")), "")
        weight = max(float(row.get("weight") or 0) for row in same)
        answer = Answer(key if ":" in key else "", graph.label(key, language), detail, count, total, of)
        ranked.append((bool(of), -weight, -count / max(total, 1), answer.label, answer))
    sources = sorted({str(row["source"]) for row in rows if row.get("source")})
    return [answer for *_, answer in sorted(ranked, key=lambda entry: entry[:4])], sources


@cache
def _table() -> Mapping[str, Any]:
    """The file of questions."""
    return loads((files("boya.theory.graph") / "data" / "questions.toml").read_text(encoding="utf-8"))


@cache
def _patterns() -> tuple[tuple[Mapping[str, Any], str, re.Pattern[str]], ...]:
    """Each pattern with its question and language."""
    words = {**_table()["words"], "thing": "(?P<thing>.+?)"}

    def compiled(pattern: str) -> re.Pattern[str]:
        return re.compile(re.sub(r"\{(\w+)\}", lambda name: words[name[1]], pattern), re.IGNORECASE)

    return tuple((row, spoken, compiled(p)) for row in _table()["question"] for spoken in LANGUAGES for p in row[spoken])
