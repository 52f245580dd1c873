"""The lint finds each kind of fault once, and nothing in the graph of the package."""

import pytest

from boya.theory.graph import graph, read_graph
from boya.theory.graph.lint import CHECKS, lint
from boya.theory.graph.store import package_files

SOURCE = 'source:s a b:Source ; rdfs:label "a book" .'
SOUND = 'role:r a b:Role ; rdfs:label "r"@en, "声"@zh ; b:lowest 40 ; b:highest 60 ; dct:source source:s .'
SCHEMA = "b:lowest a b:Property . b:highest a b:Property . b:namesake a b:Property . b:of a b:Property . b:weight a b:Property ."


def found(small, *lines):
    return [finding.check for finding in lint(small(SCHEMA, SOURCE, *lines))]


def test_the_graph_of_the_package_is_sound():
    assert [str(finding) for finding in lint(graph())] == []


def test_the_lifted_part_is_sound_alone():
    parts = ("tables.ttl", "instruments.ttl", "names.ttl", "schema.ttl")
    texts = {file.name: file.read_bytes() for file in package_files() if file.name in parts}
    assert [str(finding) for finding in lint(read_graph(texts))] == []


def test_a_sound_graph_has_no_finding(small):
    assert found(small, SOUND) == []


@pytest.mark.parametrize(
    ("line", "check"),
    [
        (SOUND.replace("b:lowest 40", "b:lowest 61"), "range"),
        (SOUND.replace("b:lowest 40", "b:lowest -1"), "range"),
        (SOUND.replace("b:highest 60", "b:highest 200"), "range"),
        (SOUND.replace(" ; dct:source source:s", ""), "source"),
        (SOUND.replace("source:s", "source:nowhere"), "dangling"),
        (SOUND.replace(', "声"@zh', ""), "label"),
        (SOUND.replace('"r"@en', '"r"@en, "other"@en'), "label"),
        (SOUND.replace("b:lowest", "b:lowset"), "property"),
        (SOUND + " role:q b:lowest 3 .", "dangling"),
        (SOUND + SOUND.replace("role:r", "role:q").replace("声", "部"), "name"),
        (SOUND + " source:t a b:Source .", "label"),
    ],
)
def test_each_fault_is_found_once(small, line, check):
    assert found(small, line) == [check]


def test_an_edge_needs_both_ends_and_a_weight(small):
    assert found(small, SOUND, "[] a b:Use ; b:of role:r ; dct:source source:s .") == ["missing", "missing"]


def test_a_shared_name_may_be_meant(small):
    twin = SOUND.replace("role:r", "role:q").replace("声", "部").replace(" ; dct:source", " ; b:namesake role:r ; dct:source")
    assert found(small, SOUND, twin) == []


def test_an_unknown_class_and_a_broken_file_are_found(small):
    assert "class" in found(small, SOUND, 'b:Planet a b:Property . <urn:boya:x:y> a b:Planet ; rdfs:label "x"@en .')
    assert [f.check for f in lint(read_graph({"a.ttl": b"nonsense"}))] == ["file"]
    assert set(CHECKS) >= {"file", "property", "dangling", "range", "source", "label", "missing", "name"}
