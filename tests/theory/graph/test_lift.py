"""What is lifted from the tables is what the tables say."""

from boya.composing.works.habits import find_habits
from boya.theory.chords import qualities, quality_degrees
from boya.theory.graph import graph
from boya.theory.graph.lift import lifted
from boya.theory.graph.lift_styles import quality_id
from boya.theory.graph.store import package_files
from boya.theory.progressions import progressions
from boya.theory.scales import find_scale, scale_names
from boya.theory.styles import styles


def test_the_file_on_disk_is_what_the_tables_say():
    on_disk = next(file for file in package_files() if file.name == "tables.ttl").read_text(encoding="utf-8")
    assert on_disk == lifted(), "the tables have changed: python -m boya.theory.graph.lift"


def test_scales_and_progressions_are_those_of_the_tables(own):
    for name in scale_names():
        found = own.find(name, "Scale")
        assert own.values(found.id, "semitone") == find_scale(name).semitones
    for progression in progressions():
        found = own.find(progression.name, "Progression")
        assert own.values(found.id, "bars") == (len(progression.bars),)
        used_by = {row["s"] for row in own.query(f"SELECT ?s WHERE {{ ?s b:usesProgression {found.id} }}")}
        assert used_by == {own.find(style, "Style").id for style in progression.styles}


def test_every_quality_is_read_by_the_chord_symbols(own):
    assert {quality_id(name) for name in qualities()} <= {term.id for term in own.terms("Quality")}
    for term in own.terms("Quality"):
        (symbol,) = own.values(term.id, "symbol")
        assert " ".join(quality_degrees(symbol)) == own.values(term.id, "degrees")[0]
    assert len({own.values(term.id, "symbol") for term in own.terms("Quality")}) == len(own.terms("Quality"))


def test_styles_compose_as_what_the_tables_hold(own):
    for family in styles():
        identity = own.find(family.name, "Style").id
        assert own.values(identity, "composesAs") == (family.name,)
        assert own.values(identity, "usualTempo") == (family.tempo[1],)
        for substyle in family.substyles:
            rows = own.query(f'SELECT ?s WHERE {{ ?s b:composesAs "{family.name}/{substyle.id}" ; b:broader {identity} }}')
            assert len(rows) == 1


def test_every_style_composes_as_one_that_the_models_write():
    for row in graph().query("SELECT ?style ?as WHERE { ?style b:composesAs ?as }"):
        family, _, substyle = row["as"].partition("/")
        found, _ = find_habits(family)
        assert found.name == family, row
        assert substyle in ("", *(known.id for known in found.substyles)), row


def test_a_substyle_with_the_name_of_its_family_is_the_standard_one(own):
    assert own.find("Standard Waltz", "Style").id == "style:standard-waltz"
    assert own.find("waltz", "Style").id == "style:waltz"


def test_stand_ins_lose_the_names_of_the_instruments_they_stand_in_for(own):
    assert "erhu" not in own.term("instrument:fiddle").names
    assert own.term("instrument:dulcimer").label_zh == "德西马琴"
    for row in own.query("SELECT ?i ?p ?q WHERE { ?i b:standIn ?s ; b:program ?p . ?s b:program ?q }"):
        assert row["p"] == row["q"]


def test_enough_instruments_with_what_an_arranger_needs(own):
    rows = own.query(
        "SELECT ?i WHERE { ?i a b:Instrument ; b:lowest ?l ; b:clef ?c ; b:transposition ?t ; b:largestLeap ?j ; b:polyphony ?p }"
    )
    assert len(rows) >= 200
    chinese = own.query("SELECT ?i WHERE { ?i b:family/b:broader family:chinese }")
    assert len({row["i"] for row in chinese}) >= 35


def test_transpositions_that_every_arranger_knows(own):
    known = {"clarinet": -2, "alto-sax": -9, "french-horn": -7, "piccolo": 12, "contrabass": -12, "glockenspiel": 24, "violin": 0}
    assert {name: own.values(f"instrument:{name}", "transposition")[0] for name in known} == known
