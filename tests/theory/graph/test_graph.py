"""The graph: plain values, names in two languages, hostile files and queries."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boya.errors import InputError
from boya.theory.graph import graph, read_graph
from boya.theory.graph.store import KINDS, PREFIXES, load, triples
from boya.theory.graph.turtle import Name, header, slug, turtle
from boya.theory.instruments import instruments
from boya.theory.styles import styles


def test_query_gives_plain_values(own):
    rows = own.query(
        "SELECT ?i ?low ?clef ?none WHERE { ?i b:program 40 ; b:lowest ?low ; b:clef ?clef OPTIONAL { ?i b:metre ?none } }"
    )
    assert {"i": "instrument:violin", "low": 55, "clef": "treble", "none": None} in rows


def test_numbers_texts_and_truths(small):
    found = small('style:x a b:Style ; b:a 1 ; b:b 1.5 ; b:c true ; b:d "1" ; b:e "一"@zh ; b:f style:y ; b:g wd:Q1 .')
    values = {name: found.values("style:x", name)[0] for name in "abcdefg"}
    assert values == {"a": 1, "b": 1.5, "c": True, "d": "1", "e": "一", "f": "style:y", "g": "wd:Q1"}
    assert isinstance(values["a"], int)
    assert values["c"] is True


def test_four_hops_from_a_style_to_the_degrees_of_its_chords(own):
    steps = "style:bossa-nova b:broader ?f . ?f b:usesProgression ?p . ?p b:usesQuality ?q . ?q b:degree ?degree"
    found = {row["degree"] for row in own.query(f"SELECT DISTINCT ?degree WHERE {{ {steps} }}")}
    assert {"b3", "b5", "7"} <= found


@pytest.mark.parametrize(
    "text", ["", "SELECT", "no query", "SELECT ?x WHERE { ?x nope:y ?z }", "DELETE WHERE { ?s ?p ?o }", "\x00"]
)
def test_what_is_no_query_is_told(own, text):
    with pytest.raises(InputError, match="must be SPARQL") as told:
        own.query(text)
    assert len(str(told.value)) < 300


def test_a_query_stays_on_this_computer(own):
    with pytest.raises(InputError, match="must stay on this computer"):
        own.query("SELECT * WHERE { service <http://127.0.0.1:9/sparql> { ?s ?p ?o } }")
    assert own.query("SELECT ?s WHERE { ?s rdfs:label 'SERVICE'@en }") == []


def test_construct_and_ask(own):
    built = own.query("CONSTRUCT { ?s b:deep true } WHERE { ?s b:program 42 ; b:clef 'bass' ; b:family family:strings }")
    assert built == [{"subject": "instrument:cello", "property": "deep", "value": True}]
    assert own.query("ASK { instrument:erhu b:standIn instrument:fiddle }") == [{"answer": True}]


def test_a_broken_file_takes_no_other_with_it():
    store, faults = load({"a.ttl": b"@prefix b: <urn:boya:> . b:x b:y 1 .", "b.ttl": b"b:x b:y", "c.ttl": b"\xff\xfe"})
    assert (len(store), sorted(faults)) == (1, ["b.ttl", "c.ttl"])


@pytest.mark.parametrize(
    ("name", "kind", "identity"),
    [
        ("二胡", "Instrument", "instrument:erhu"),
        ("ERHU", None, "instrument:erhu"),
        ("Bossa-Nova", "style", "style:bossa-nova"),
        ("波萨诺瓦", None, "style:bossa-nova"),
        ("tango", None, "style:tango"),
        ("tango", "progression", "progression:tango"),
        ("王道进行", None, "progression:royal-road"),
        ("羽调式", "scale", "scale:yu"),
        ("gǔqín", None, "instrument:guqin"),
        ("style:latin", None, "style:latin"),
        ("大三和弦", "Quality", "quality:maj"),
    ],
)
def test_names_in_two_languages(own, name, kind, identity):
    assert own.find(name, kind).id == identity


def test_an_unknown_name_offers_the_nearest(own):
    with pytest.raises(InputError, match=r"did you mean .*Erhu"):
        own.find("erhuu", "instrument")
    with pytest.raises(InputError, match="kind must be a known name"):
        own.find("erhu", "planet")
    with pytest.raises(InputError, match="an id must be one of the graph"):
        own.term("style:nowhere")


def test_every_name_of_a_thing_finds_a_thing_of_its_kind(own):
    for kind in KINDS.values():
        for term in own.terms(kind):
            for name in term.names:
                assert own.find(name, kind).kind == kind


def test_the_tables_and_the_graph_name_the_same_things(own):
    for instrument in instruments():
        found = own.query(f"SELECT ?i WHERE {{ ?i b:program {instrument.program} ; rdfs:label '{instrument.name}'@en }}")
        assert len(found) == 1
    for family in styles():
        assert own.find(family.name, "Style").label("zh") == family.zh


def test_a_label_falls_back_to_the_other_language_and_the_id(small):
    found = small('style:x a b:Style ; rdfs:label "ex"@en .', "style:y a b:Style .")
    assert (found.label("style:x", "zh"), found.label("style:y"), found.label("elsewhere")) == ("ex", "style:y", "elsewhere")


def test_the_graph_is_read_once():
    assert graph() is graph()
    assert len(graph()) >= 6000


@given(st.text(), st.integers(-(10**9), 10**9), st.floats(-1e6, 1e6).map(lambda x: round(x, 3)))
def test_what_is_written_is_read_again(text, whole, part):
    line = turtle("style:x", "Style", [("b:text", text), ("b:zh", (text, "zh")), ("b:whole", whole), ("b:part", part)])
    found = read_graph({"x.ttl": (header("x\ny") + line).encode("utf-8", "replace")})
    assert not found.faults
    expected = text.encode("utf-8", "replace").decode()
    assert found.values("style:x", "text") == found.values("style:x", "zh") == (expected,)
    assert found.values("style:x", "whole") == (whole,)
    assert found.values("style:x", "part")[0] == pytest.approx(part, rel=1e-4)


@given(st.text())
def test_a_slug_is_a_local_name(text):
    assert slug(slug(text)) == slug(text)
    if slug(text):
        assert not read_graph({"x.ttl": (header("") + turtle(f"style:{slug(text)}", "Style", [])).encode()}).faults


def test_a_subject_has_each_fact_once():
    line = turtle("style:x", "Style", [("b:scale", Name("scale:y")), ("b:metre", "4/4"), ("b:scale", Name("scale:y"))])
    assert line == 'style:x a b:Style ; b:scale scale:y ; b:metre "4/4" .'


def test_triples_tell_things_from_texts(small):
    found = small('style:x a b:Style ; b:scale scale:y ; b:metre "scale:y" .')
    assert [row[3] for row in triples(found.store, "style:x", "scale")] == [None]
    assert [row[3] for row in triples(found.store, "style:x", "metre")] == [""]
    assert set(KINDS) <= set(PREFIXES)
