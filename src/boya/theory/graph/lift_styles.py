"""Lift progressions and styles into the graph: who uses what, with weights. `boya.theory.graph.lift` says how and writes it."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from boya.theory.chords import qualities
from boya.theory.graph.store import package_files
from boya.theory.graph.terms import read_graph
from boya.theory.graph.turtle import Facts, Name, labels, slug, sources, turtle, use
from boya.theory.progressions import bars_of
from boya.theory.roman import parse_roman
from boya.theory.tables import folded, load_table

__all__ = ["lifted_progressions", "lifted_styles", "names_by_hand", "quality_id", "source_key", "style_id", "table_sources"]

MACHINE_MADE = ("tables.ttl", "statistics.ttl")


def style_id(family: str, name: str = "") -> str:
    """Return the id of a style family, or of its substyle with that name.

    >>> style_id("latin"), style_id("latin", "Bossa Nova"), style_id("tango", "Tango")
    ('style:latin', 'style:bossa-nova', 'style:standard-tango')
    """
    families = {folded(row["name"]) for row in load_table("styles")["style"]}
    if not name:
        return f"style:{slug(family)}"
    return f"style:standard-{slug(name)}" if folded(name) in families else f"style:{slug(name)}"


def quality_id(name: str) -> str:
    """Return the id of a chord quality from its Harte name: what a lead sheet writes, where that says more than `maj` and `min`.

    >>> quality_id("hdim7"), quality_id("7(b9)"), quality_id("maj(9)")
    ('quality:hdim7', 'quality:7b9', 'quality:add9')
    """
    known = qualities().get(name)
    return f"quality:{slug(known.lead if known and '(' in name else name)}"


def source_key(citation: str) -> str:
    """Return the local name of a source in a table: its first words."""
    return slug(citation)[:72].rstrip("-")


def table_sources() -> list[str]:
    """Return every source of the table of progressions, and of the forms of styles."""
    found = [row["source"] for row in load_table("progressions")["progression"]]
    found += [row["form_source"] for row in load_table("styles")["style"]]
    return [turtle(f"source:{source_key(text)}", "Source", [("rdfs:label", text)]) for text in dict.fromkeys(found)]


def lifted_progressions() -> list[str]:
    """Return progressions with their chords, and the style families that use them; Chinese labels are written by hand."""
    found = []
    for row in load_table("progressions")["progression"]:
        own, source = f"progression:{slug(row['name'])}", source_key(row["source"])
        bars = bars_of(row["roman"])
        numerals = dict.fromkeys(numeral for bar in bars for numeral in bar)
        facts: Facts = [
            *labels(row["name"], row.get("zh", ""), row.get("also", ())),
            ("b:roman", row["roman"]),
            ("b:bars", len(bars)),
            ("b:scale", Name(f"scale:{slug(row['mode'])}")),
            *(("b:numeral", numeral) for numeral in numerals),
            *(("b:usesQuality", Name(quality_id(parse_roman(numeral, 0, row["mode"])[1]))) for numeral in numerals),
            *(("b:section", Name(f"section:{kind}")) for kind in row["sections"]),
            *sources(source),
        ]
        found.append(turtle(own, "Progression", facts))
        for family, weight in row["styles"].items():
            found.append(f"{style_id(family)} b:usesProgression {own} .")
            found.append(use(style_id(family), "progression", Name(own), weight, source))
    return found


def lifted_styles() -> list[str]:
    """Return style families with their habits, and their substyles."""
    programs = {row["program"]: f"instrument:{slug(row['name'])}" for row in load_table("instruments")["instrument"]}
    families = load_table("styles")["style"]
    lines = [(row["name"], line["name"]) for row in families for line in row["substyles"]]
    own = [style_id(*names) for names in (*((row["name"],) for row in families), *lines)]
    taken = {folded(name) for _, name in lines} | names_by_hand("Style", own)
    return [line for row in families for line in _style(row, programs, taken)]


def names_by_hand(kind: str, own: Collection[str]) -> set[str]:
    """Return the folded names of the things of a kind that files written by hand add to those of a table, whose ids are `own`."""
    texts = {file.name: file.read_bytes() for file in package_files() if file.name not in MACHINE_MADE}
    return {folded(name) for term in read_graph(texts).terms(kind) if term.id not in own for name in term.names}


def _style(row: Mapping[str, Any], programs: Mapping[int, str], taken: Collection[str]) -> Iterator[str]:
    """A style family with its habits, and its substyles."""
    own, count = style_id(row["name"]), "band-collection"
    band = {role: [*pairs, *(row["pad_usual"] if role == "pad" else [])] for role, pairs in row["programs"].items()}
    tempo = zip(("b:slowest", "b:usualTempo", "b:fastest"), (row["tempo"][at] for at in ("low", "usual", "high")), strict=True)
    facts: Facts = [
        *labels(row["name"], row["zh"], row["also"], taken),
        ("b:metre", row["metre"]),
        *tempo,
        ("b:drumShare", float(row["band"]["drums"])),
        ("b:pieces", row["pieces"]),
        ("b:composesAs", row["name"]),
        *(("b:typicalInstrument", Name(programs[program])) for pairs in band.values() for program, _ in pairs),
        *sources(count, "sebesky"),
    ]
    yield turtle(own, "Style", facts)
    for mode, share in row["modes"].items():
        yield use(own, "mode", Name(f"scale:{mode}"), share, count)
    for mode, pairs in row["keys"].items():
        yield from (use(own, "key", f"{tonic} {mode}", weight, count) for tonic, weight in pairs)
    for role, pairs in band.items():
        for program, weight in pairs:
            source = "sebesky" if [program, weight] in row["pad_usual"] else count
            yield use(own, "instrument", Name(programs[program]), weight, source, [("b:role", Name(f"role:{role}"))])
    for form in row["forms"]:
        yield use(own, "form", form["sections"], form["weight"], source_key(row["form_source"]))
    for line in row["substyles"]:
        yield _substyle(line, row)


def _substyle(line: Mapping[str, Any], row: Mapping[str, Any]) -> str:
    """A substyle of a family."""
    own = style_id(row["name"], line["name"])
    name = f"Standard {line['name']}" if own.startswith("style:standard-") else line["name"]
    families = [folded(known["name"]) for known in load_table("styles")["style"]]
    facts: Facts = [
        *labels(name, line["zh"], [line["id"], *line["also"]], families),
        ("b:broader", Name(style_id(row["name"]))),
        ("b:metre", line["metre"]),
        ("b:pieces", line["pieces"]),
        ("b:composesAs", f"{row['name']}/{line['id']}"),
        *sources("band-collection"),
    ]
    return turtle(own, "Style", facts)
