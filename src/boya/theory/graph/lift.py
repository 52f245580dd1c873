"""Lift the tables of `boya.theory` into the graph: `python -m boya.theory.graph.lift` writes `data/tables.ttl`.

The tables stay the source of truth for what they hold; a test says that the file is what they say. Conventions: the id of a thing
is its kind and the slug of its English name; a substyle that bears the name of its family is the standard one
(`style:standard-tango`). A weight is an edge with properties: a thing of class `Use` with `of`, `what`, `aspect`, `weight` and,
for instruments, `role`. A name that a file written by hand gives to another instrument is left to it: "erhu" is no longer a name
of the Fiddle that stands in for it.
"""

from importlib.resources import files
from pathlib import Path

from boya.score import ROLES
from boya.theory.chords import qualities, quality_degrees
from boya.theory.drums import DRUM_CLASSES, drum_class
from boya.theory.graph.lift_styles import lifted_progressions, lifted_styles, names_by_hand, quality_id, table_sources
from boya.theory.graph.turtle import Facts, Name, header, labels, slug, sources, turtle
from boya.theory.instruments import REGISTERS
from boya.theory.progressions import SECTION_KINDS
from boya.theory.tables import load_table

__all__ = ["lifted"]

SOURCES = {
    "general-midi": "General MIDI 1 and 2 specifications, MIDI Association, 1991 and 1999",
    "adler": "S. Adler, The Study of Orchestration, 3rd ed., 2002",
    "gillick": "J. Gillick et al., Learning to Groove with Inverse Sequence Transformations, 2019",
    "scale-books": "W. Piston, Harmony, 1941; V. Persichetti, Twentieth-Century Harmony, 1961; M. Levine, The Jazz Theory Book, "
    "1995; 李重光《音乐理论基础》, 人民音乐出版社, 1962; Grove Music Online",
    "harte": "C. Harte, Symbolic Representation of Musical Chords, ISMIR 2005",
    "musicxml": "MusicXML 4.0, W3C Music Notation Community Group, 2021",
    "band-collection": "The band collection of Boya's shared corpus, train split, counted by tests/theory/measure.py styles",
    "sebesky": "D. Sebesky, The Contemporary Arranger, 1975",
    "boya": "Boya, src/boya/score and src/boya/theory: the words its own tables use",
}
ABOUT = """Lifted from the tables in boya/theory/data by python -m boya.theory.graph.lift; change those, not this file.
Sources: those of the tables, named with each thing."""


def lifted() -> str:
    """Return the tables as Turtle.

    >>> lifted().count(" a b:Instrument ")
    128
    """
    blocks = [
        [turtle(f"source:{key}", "Source", [("rdfs:label", text)]) for key, text in SOURCES.items()],
        table_sources(),
        _roles(),
        _instruments(),
        _drums(),
        _scales(),
        _qualities(),
        lifted_progressions(),
        lifted_styles(),
    ]
    return header(ABOUT) + "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _roles() -> list[str]:
    """Roles of a band with the register each has, and kinds of section; their labels are written by hand."""
    found = []
    for role in ROLES:
        reach: Facts = list(zip(("b:lowest", "b:highest"), REGISTERS.get(role, ()), strict=False))
        found.append(turtle(f"role:{role}", "Role", [*reach, *sources("boya", "band-collection")]))
    return [*found, *(turtle(f"section:{kind}", "Section", sources("boya")) for kind in SECTION_KINDS)]


def _instruments() -> list[str]:
    """The programs of General MIDI."""
    taken = names_by_hand("Instrument", [f"instrument:{slug(row['name'])}" for row in load_table("instruments")["instrument"]])
    found = []
    for row in load_table("instruments")["instrument"]:
        facts: Facts = [
            *labels(row["name"], row["zh"], row["also"], taken),
            ("b:program", row["program"]),
            ("b:family", Name(f"family:{slug(row['family'])}")),
            *zip(("b:lowest", "b:highest"), row["range"], strict=True),
            *zip(("b:comfortableLowest", "b:comfortableHighest"), row["comfortable"], strict=True),
            *(("b:playsRole", Name(f"role:{role}")) for role in row["roles"]),
            ("b:polyphony", row["polyphony"]),
            *sources("general-midi", "adler"),
        ]
        found.append(turtle(f"instrument:{slug(row['name'])}", "Instrument", facts))
    return found


def _drums() -> list[str]:
    """The drum map; labels in Chinese are written by hand."""
    found = []
    for row in load_table("drums")["key"]:
        kind = drum_class(row["pitch"])
        facts: Facts = [
            *labels(row["name"]),
            ("b:pitch", row["pitch"]),
            ("b:drumClass", DRUM_CLASSES[kind] if kind is not None else ""),
            *sources("general-midi", "gillick"),
        ]
        found.append(turtle(f"drum:{slug(row['name'])}", "DrumKey", facts))
    return found


def _scales() -> list[str]:
    """Scales and modes."""
    found = []
    for row in load_table("scales")["scale"]:
        facts: Facts = [
            *labels(row["name"], row["zh"], row["also"]),
            ("b:semitones", " ".join(map(str, row["semitones"]))),
            *(("b:semitone", semitone) for semitone in row["semitones"]),
            ("b:notes", len(row["semitones"])),
            *sources("scale-books"),
        ]
        found.append(turtle(f"scale:{slug(row['name'])}", "Scale", facts))
    return found


def _qualities() -> list[str]:
    """Chord qualities; their labels are written by hand, beside those of qualities that have no row of their own."""
    found = []
    for quality in qualities().values():
        kind: Facts = [("b:kind", quality.kind)] if quality.kind else []
        facts: Facts = [
            *_quality_facts(quality.name),
            ("b:leadSheet", quality.lead),
            *(("b:spelling", s) for s in quality.also),
            *kind,
        ]
        found.append(
            turtle(quality_id(quality.name), "Quality", [*facts, *sources("harte", *(["musicxml"] if quality.kind else []))])
        )
    return found


def _quality_facts(name: str) -> Facts:
    """What a quality is, from its Harte name: symbol, degrees in order, and each degree."""
    degrees = quality_degrees(name)
    return [("b:symbol", name), ("b:degrees", " ".join(degrees)), *(("b:degree", degree) for degree in degrees)]


if __name__ == "__main__":
    Path(str(files("boya.theory.graph") / "data" / "tables.ttl")).write_text(lifted(), encoding="utf-8")
