"""Every drum key of General MIDI finds its class."""

import pytest

from boya.theory.drums import CLASS_PITCHES, DRUM_CLASSES, canonical_pitch, drum_class, drum_name


@pytest.mark.parametrize("pitch", [*range(27, 88), 22, 26])
def test_every_general_midi_and_roland_key_has_a_class_and_a_name(pitch):
    assert drum_class(pitch) in range(9)
    assert drum_name(pitch)


def test_canonical_pitches_are_fixed_points():
    assert [drum_class(p) for p in CLASS_PITCHES] == list(range(9))
    assert [canonical_pitch(p) for p in CLASS_PITCHES] == list(CLASS_PITCHES)


@pytest.mark.parametrize(
    ("pitch", "name"),
    [(35, "kick"), (40, "snare"), (44, "closed hat"), (26, "open hat"), (58, "low tom"), (57, "crash"), (53, "ride")],
)
def test_familiar_keys(pitch, name):
    assert DRUM_CLASSES[drum_class(pitch)] == name


@pytest.mark.parametrize("pitch", [-1, 0, 21, 88, 127, 1000])
def test_keys_without_a_drum(pitch):
    assert drum_class(pitch) is None
    assert canonical_pitch(pitch) is None
    assert drum_name(pitch) == ""
