"""The five species: exercises in the manner of Fux, right and wrong."""

import pytest

from boya.errors import InputError
from boya.theory.voices import faults

from .conftest import piece

CANTUS = "D4:4 F4:4 E4:4 D4:4 G4:4 F4:4 A4:4 G4:4 F4:4 E4:4 D4:4"  # the cantus firmus of Fux in the Dorian mode


def found(upper, lower, species=1, key="D dorian", cantus=None):
    return [(fault.rule, fault.bar + 1) for fault in faults(piece(upper, lower, key=key), f"species {species}", cantus=cantus)]


def hard(upper, lower, rules):
    told = faults(piece(upper, lower, key="D dorian"), rules, cantus=1)
    return [(fault.rule, fault.bar + 1) for fault in told if fault.severity == "hard"]


FIRST = "A4:4 A4:4 G4:4 A4:4 B4:4 C5:4 C5:4 B4:4 D5:4 C#5:4 D5:4"  # Fux, first exercise
SHORT = "D4:4 F4:4 E4:4 D4:4"
SPECIES = {
    1: "A4:4 A4:4 C#5:4 D5:4",
    2: "-:2 A4:2 D5:2 A4:2 B4:2 C#5:2 D5:4",
    3: "D5 C5 B4 A4 D5 A4 C5 A4 B4 A4 B4 C#5 D5:4",
    4: "-:2 A4:4 D5:4 C#5:2 D5:4",
    5: "-:2 A4:2 D5:1.5 C5:0.5 D5:4 C#5:2 D5:4",
}


FOURTH = "-:2 A4:2 A4:2 D5:2 D5:2 C5:2 C5:2 B4:2 B4:2 E5:2 E5:2 D5:2"


def test_the_first_exercise_of_fux_is_without_hard_faults():
    assert hard(FIRST, CANTUS, rules="species 1") == []


@pytest.mark.parametrize("species", SPECIES)
def test_good_exercises_of_each_species(species):
    assert hard(SPECIES[species], SHORT, rules=f"species {species}") == []


@pytest.mark.parametrize("species", [1, 2, 3, 4])
def test_the_rhythm_of_a_species_is_not_that_of_another(species):
    for other in {1, 2, 3, 4} - {species}:
        assert "species-rhythm" in [name for name, _ in hard(SPECIES[other], SHORT, rules=f"species {species}")], other


@pytest.mark.parametrize(
    ("rule", "upper", "lower"),
    [
        ("strong-consonance", "A4:4 B4:4 D5:4", "D4:4 E4:4 E4:4"),
        ("direct-perfects", "D5:4 E5:4 D5:4", "D4:4 A4:4 D4:4"),
        ("opening", "F4:4 C#5:4 D5:4", "D4:4 E4:4 D4:4"),
        ("cadence", "D5:4 B4:4 D5:4", "D4:4 E4:4 D4:4"),
        ("inner-unison", "D5:4 E4:4 D5:4", "D4:4 E4:4 D4:4"),
        ("counterpoint-leap", "D4:4 B4:4 A4:4", "D4:4 D4:4 D4:4"),
        ("consecutive-imperfects", "F4:4 G4:4 A4:4 B4:4 D5:4", "D4:4 E4:4 F4:4 G4:4 D4:4"),
        ("contrary-motion", "F4:4 G4:4 A4:4 B4:4", "D4:4 E4:4 F4:4 G4:4"),
        ("climax", "A4:4 D5:4 A4:4 D5:4", "D4:4 F4:4 D4:4 D4:4"),
        ("wide-distance", "D5:4 B5:4 D5:4", "D4:4 D4:4 D4:4"),
        ("species-rhythm", "A4:4 B4:2 C5:2 D5:4", "D4:4 E4:4 D4:4"),
    ],
)
def test_faults_of_the_first_species(rule, upper, lower):
    names = [name for name, _ in found(upper, lower, species=1, cantus=1)]
    assert rule in names


@pytest.mark.parametrize(
    ("rule", "upper", "species"),
    [
        ("passing-dissonance", "A4:2 G4:2 B4:4 D5:4", 2),  # a fourth left by leap
        ("strong-parallels", "A4:2 C5:2 B4:2 D5:2 D5:4", 2),  # fifths on the strong beats, a third between
        ("species-rhythm", "A4:2 B4:2 C5:4 B4:2 C#5:2 D5:4", 2),
        ("passing-dissonance", "A4 G4 D5 C5 B4 A4 G4 B4 D5:4", 3),
        ("suspension-resolution", "-:2 A4:4 B4:2 B4:4", 4),
        ("suspension-preparation", "-:2 E4:4 D4:2 D4:4", 4),
    ],
)
def test_faults_of_later_species(rule, upper, species):
    lower = {4: "D4:4 B3:4 D4:4"}.get(species, "D4:4 E4:4 D4:4")
    lower = "D4:4 E4:4 E4:4 D4:4" if rule == "species-rhythm" else lower
    assert rule in [name for name, _ in found(upper, lower, species=species, cantus=1)]


def test_a_leap_of_a_fourth_saves_fifths_on_strong_beats():
    assert "strong-parallels" not in [name for name, _ in found("A4:2 D5:2 B4:2 D5:2 D5:4", "D4:4 E4:4 D4:4", species=2)]


def test_suspensions_are_prepared_and_fall():
    rules = "suspension-preparation, suspension-resolution, strong-consonance"
    good = piece("-:2 D5:4 C5:2 C5:4", "F4:4 E4:4 A4:4")
    assert faults(good, rules, "D dorian", 1) == ()
    assert faults(piece("-:2 A4:4 G4:4 F4:2", "F4:4 B3:4 E4:4"), rules, "D dorian", 1) == ()


def test_the_cambiata_is_known_to_the_third_species_alone():
    cambiata = ("C5 B4 G4 A4 C5:4", "C4:4 E4:4")  # the seventh is left by a third down, then a step up
    assert "passing-dissonance" not in [name for name, _ in found(*cambiata, species=3, key="C", cantus=1)]
    assert "passing-dissonance" in [name for name, _ in found(*cambiata, species=2, key="C", cantus=1)]


def test_counterpoint_below_begins_on_an_octave():
    assert ("opening", 1) in found("A4:4 B4:4 D5:4", "D4:4 E4:4 D4:4", cantus=0)
    assert ("opening", 1) not in found("A4:4 B4:4 D5:4", "D4:4 E4:4 D4:4", cantus=1)


def test_the_cantus_is_the_voice_of_fewer_notes():
    above = piece("D5:4 E5:4", "D4:2 F4:2 E4:2 C4:2")
    assert faults(above, "species-rhythm, species 2") == faults(above, "species 2", cantus=0)


def test_species_need_two_voices():
    with pytest.raises(InputError, match="two voices"):
        faults(piece("C5", "E4", "C4"), "species 1")
    with pytest.raises(InputError, match="voice 0 or 1"):
        faults(piece("C5", "E4"), "species 1", cantus=2)
