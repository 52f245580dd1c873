"""Every rule on music that breaks it, and on music that just does not."""

import pytest

from boya.errors import InputError
from boya.score import Score, Track, note_array
from boya.theory.voices import chosen_rules, faults, rules
from boya.theory.voices.checking import CHECKS

from .conftest import line, piece

CASES = {
    "parallel-fifths": (("G4 A4", "C4 D4"), ("G4 A4", "C4 C4")),
    "parallel-octaves": (("C5 D5", "C4 D4"), ("C5 D5", "C4 B3")),
    "parallel-unisons": (("C4 D4", "C4 D4"), ("C4 D4", "C4 C4")),
    "contrary-perfects": (("G4 C5", "C4 F3"), ("G4 C5", "C4 E3")),
    "unequal-fifths": (("F4 G4", "B3 C4"), ("F4 E4", "B3 C4")),
    "hidden-fifths": (("C4 A4", "A3 D4"), ("G4 A4", "A3 D4")),
    "hidden-octaves": (("E4 C5", "G3 C4"), ("B4 C5", "G3 C4")),
    "crossing": (("E4 E4", "C4 F4", "C3 C3"), ("E4 E4", "C4 E4", "C3 C3")),
    "overlap": (("E4 A4", "C4 F4", "C3 C3"), ("E4 A4", "C4 E4", "C3 C3")),
    "spacing": (("C5 F5", "C4 C4", "C4 C4"), ("C5 C5", "C4 C4", "C4 C4")),
    "range": (("G4 Bb5", "D4 D4", "D4 D4", "C3 C3"), ("G4 A5", "D4 D4", "D4 D4", "C3 C3")),
    "augmented-leap": (("F4 B4", "C3 C3"), ("F4 A4", "C3 C3")),
    "diminished-leap": (("B3 F4 G4", "C3:3"), ("B3 F4 E4", "C3:3")),
    "large-leap": (("C4 B4", "C3 C3"), ("C4 C5", "C3 C3")),
    "leap-recovery": (("C4 A4 B4", "C3:3"), ("C4 A4 G4", "C3:3")),
    "tritone-outline": (("A4 F4 G4 A4 B4 G4", "C3:6"), ("A4 F4 G4 A4 G4 A4", "C3:6")),
    "repeated-pitch": (
        ("G4:6", "E4 D4 C4 B3 C4 D4", "C4 B3 A3 G3 E3 G3", "C3 G3 A3 E3 C3 B2"),
        ("G4 G4 E4 G4 G4 G4", "E4 D4 C4 B3 C4 D4", "C4 B3 A3 G3 E3 G3", "C3 G3 A3 E3 C3 B2"),
    ),
    "leading-tone-resolution": (("B4 G4", "G4 E4", "D4 C4", "G3 C3"), ("B4 C5", "G4 G4", "D4 E4", "G3 C3")),
    "inner-leading-tone": (("D5 G5", "B4 E5", "G4 C5", "G3 C4"), ("D5 E5", "B4 G4", "G4 C4", "G3 C4")),
    "seventh-resolution": (("F4 G4", "D4 E4", "B3 C4", "G3 C3"), ("F4 E4", "D4 C4", "B3 C4", "G3 C3")),
    "doubled-leading-tone": (("B4", "G4", "B3", "G3"), ("B4", "G4", "D4", "G3")),
    "doubled-seventh": (("F5", "B4", "F4", "G3"), ("F5", "B4", "D4", "G3")),
    "missing-third": (("C5", "G4", "C4", "C3"), ("C5", "G4", "E4", "C3")),
    "doubling": (("E5", "G4", "E4", "C3"), ("C5", "G4", "E4", "C3")),
    "six-four": (("A4 C5 C5", "F4 E4 E4", "C4 C4 C4", "F3 G3 C3"), ("A4 C5 B4", "F4 E4 D4", "C4 C4 D4", "F3 G3 G3")),
    "false-relation": (("A4 E5", "C5 A4", "F4 E4", "F3 C#3"), ("A4 A4", "C5 C#5", "F4 E4", "F3 A3")),
    "unprepared-dissonance": (("C5 F5 E5", "G4:3", "E4:3", "C4:3"), ("E5 F5 E5", "G4:3", "E4:3", "C4:3")),
    "unresolved-dissonance": (("E5 F5 C5", "G4:3", "E4:3", "C4:3"), ("E5 F5 E5", "G4:3", "E4:3", "C4:3")),
}


@pytest.mark.parametrize("rule", CASES)
def test_the_rule_is_found_where_it_is_broken_and_only_there(rule):
    broken, kept = CASES[rule]
    found = faults(piece(*broken), rule)
    assert [fault.rule for fault in found] == [rule], found
    assert faults(piece(*kept), rule) == ()


def test_every_rule_has_a_function_and_every_function_a_rule():
    assert set(CHECKS) == set(rules())
    assert {rule.name for rule in rules().values() if rule.scope != "counterpoint"} == {*CASES, "foreign-note"}


@pytest.mark.parametrize("rule", list(rules().values()), ids=lambda rule: rule.name)
def test_rules_are_complete(rule):
    assert rule.scope in ("voices", "melody", "chord", "counterpoint")
    assert rule.severity in ("hard", "soft")
    assert rule.weight > 0
    assert rule.en
    assert rule.source
    assert any("\u4e00" <= letter <= "\u9fff" for letter in rule.zh)


def test_a_fault_says_where_what_and_why_in_two_languages():
    fault, = faults(piece("G4 A4:2", "C4 D4:2", "C3:3"), "parallel-fifths")  # fmt: skip
    assert (fault.bar, fault.beat, fault.tick, fault.voices) == (0, 2, 480, ("voice 1", "voice 2"))
    assert fault.notes == ((0, 0), (0, 1), (1, 0), (1, 1))
    assert fault.text().startswith("bar 1, beat 2: voice 1 G4 to A4, voice 2 C4 to D4; two voices may not")
    assert fault.text("zh").startswith("第1小节第2拍：voice 1 G4到A4")


def test_pitches_are_spelled_in_the_key():
    fault, = faults(piece("Eb4 Gb4", "Ab3 Cb4", key="Db major"), "parallel-fifths")  # fmt: skip
    assert "Eb4 to Gb4" in fault.explanation
    fault, = faults(piece("D#4 F#4", "G#3 B3", key="E major"), "parallel-fifths")  # fmt: skip
    assert "D#4 to F#4" in fault.explanation


def test_a_passing_note_between_hides_no_fifths_and_makes_none():
    assert faults(piece("G4:0.5 B4:0.5 A4", "C4 D4"), "parallel-fifths") == ()
    assert len(faults(piece("G4:0.5 B4:0.5 A4", "C4:0.5 E4:0.5 D4"), "parallel-fifths")) == 2


def test_the_harmonic_minor_second_is_augmented_only_in_its_key():
    assert [f.rule for f in faults(piece("F4 G#4", "D3:2", key="A minor"), "augmented-leap")] == ["augmented-leap"]
    assert faults(piece("F4 Ab4", "D3:2", key="F minor"), "augmented-leap") == ()


def test_leading_tones_belong_to_the_key():
    dominant_in_f = piece("B4 G4", "G4 E4", "D4 C4", "G3 C3", key="F major")
    assert faults(dominant_in_f, "leading-tone-resolution") == ()
    assert faults(dominant_in_f, "leading-tone-resolution", key="C") != ()


def test_instruments_have_their_own_range():
    low_violin = Score((Track(note_array(line("C4")), 40), Track(note_array(line("E3")), 40)))
    assert [fault.rule for fault in faults(low_violin, "range")] == ["range"]


@pytest.mark.parametrize(
    ("wish", "match"), [("paralel fifths", "parallel-fifths"), ("", "at least one"), ("species 6", "species")]
)
def test_unknown_rules_are_refused(wish, match):
    with pytest.raises(InputError, match=match):
        chosen_rules(wish)


def test_sets_of_rules():
    hard, soft, every = (set(chosen_rules(name)) for name in ("hard", "soft", "all"))
    assert not hard & soft
    assert hard | soft == every
    assert {rule.name for rule in set(chosen_rules("usual")) - hard} == {"foreign-note"}


def test_transposed_music_has_the_same_faults():
    score = piece("G4 A4 B4 C5", "C4 D4 G4 F4", "E3 F3 B3 A3")
    before, after = (faults(music, "voices, melody, chord") for music in (score, score.transpose(3)))
    assert [(f.rule, f.tick, f.voices) for f in before] == [(f.rule, f.tick, f.voices) for f in after]
    assert before
