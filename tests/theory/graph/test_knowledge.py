"""What is written by hand in the graph: enough of it, in both languages, with nothing that the rest of Boya cannot read."""

import tomllib
from importlib.resources import files

import pytest

from boya.composing.form import parse_form
from boya.composing.works.habits import find_habits
from boya.score import MODES
from boya.theory.chords import chord_name, parse_chord
from boya.theory.graph import graph
from boya.theory.progressions import progressions
from boya.theory.roman import parse_roman
from boya.theory.scales import find_scale, scale_names

SIXTEENTHS = {"2/4": 8, "3/4": 12, "4/4": 16, "2/2": 16, "6/8": 12, "9/8": 18, "12/8": 24, "7/8": 14}
AT_LEAST = {"Style": 160, "Form": 25, "Rule": 40, "Rhythm": 120, "TempoTerm": 60, "Mood": 40, "Scale": 80, "Progression": 120}
BY_HAND = ("forms", "moods", "rhythms", "rules", "styles", "tempo")
DENSITIES, REGISTERS = {"low", "medium", "high"}, {"low", "middle", "high", "wide"}
DYNAMICS = {"pp", "p", "mp", "mf", "f", "ff"}


def rows(subjects, *properties):
    """Values of a property of every subject of a class."""
    names = " ".join(f"?{name}" for name in properties)
    facts = " ; ".join(f"b:{name} ?{name}" for name in properties)
    return graph().query(f"SELECT ?id {names} WHERE {{ ?id a b:{subjects} ; {facts} }}")


def ids(subjects):
    return [term.id for term in graph().terms(subjects)]


@pytest.mark.parametrize(("kind", "least"), AT_LEAST.items())
def test_there_is_enough_of_each(kind, least):
    assert len(graph().terms(kind)) >= least


@pytest.mark.parametrize("kind", AT_LEAST)
def test_everything_has_a_name_in_both_languages(kind):
    nameless = [term.id for term in graph().terms(kind) if not term.label_en.strip() or not term.label_zh.strip()]
    assert not nameless
    assert not [term.id for term in graph().terms(kind) if not graph().values(term.id, "dct:source")]


@pytest.mark.parametrize("name", BY_HAND)
def test_a_file_says_nothing_twice(name):
    lines = (files("boya.theory.graph") / "data" / f"{name}.ttl").read_text(encoding="utf-8").splitlines()
    subjects = [line.split()[0] for line in lines if line and line[0] not in " #@[" and " a b:" in line]
    assert len(subjects) == len(set(subjects)) > 0


def test_every_style_is_written_as_one_that_the_models_know():
    for row in rows("Style", "composesAs"):
        family, _, substyle = row["composesAs"].partition("/")
        found, _ = find_habits(family)
        assert found.name == family
        assert not substyle or substyle in [s.id for s in found.substyles], row["id"]


def test_every_style_by_hand_says_what_it_takes_to_write_it():
    by_hand = [name for name in ids("Style") if graph().values(name, "melodyInstrument")]
    assert len(by_hand) >= 160
    for name in by_hand:
        for needed in ("metre", "scale", "usualTempo", "typicalInstrument", "typicalForm", "mood", "density", "register"):
            assert graph().values(name, needed), (name, needed)
        band = {v for role in ("melody", "chords", "bass", "pad") for v in graph().values(name, f"{role}Instrument")}
        assert band == set(graph().values(name, "typicalInstrument"))


def test_every_style_has_a_mood_and_habits():
    assert not [name for name in ids("Style") if not graph().values(name, "mood")]
    for row in rows("Style", "density", "register", "dynamics"):
        assert row["density"] in DENSITIES
        assert row["register"] in REGISTERS
        assert row["dynamics"] in DYNAMICS


@pytest.mark.parametrize("kind", ["Style", "TempoTerm"])
def test_tempi_rise_from_slowest_to_fastest(kind):
    found = rows(kind, "slowest", "usualTempo", "fastest")
    assert len(found) > 50
    assert len({row["id"] for row in found}) == len(found)
    for row in found:
        assert 20 <= row["slowest"] <= row["usualTempo"] <= row["fastest"] <= 300, row["id"]


@pytest.mark.parametrize("which", ["Metre", "Scale", "Form"])
def test_what_is_usual_is_among_what_occurs(which):
    of_styles = {"Metre": "metre", "Scale": "scale", "Form": "typicalForm"}[which]
    found = rows("Style", f"usual{which}")
    assert len(found) > 50
    for row in found:
        assert row[f"usual{which}"] in graph().values(row["id"], of_styles)


def test_the_usual_scale_of_a_style_has_a_progression():
    for row in rows("Style", "usualScale", "melodyInstrument"):
        mode = graph().values(row["usualScale"], "nearestMode")
        used = [graph().values(name, "scale")[0] for name in graph().values(row["id"], "usesProgression")]
        assert not used or f"scale:{mode[0]}" in used, row["id"]


def test_the_weights_of_progressions_are_of_those_that_a_style_uses():
    edges = graph().query(
        'SELECT ?of ?what ?weight WHERE { ?e b:of ?of ; b:aspect "progression" ; b:what ?what ; b:weight ?weight }'
    )
    weighted = {(row["of"], row["what"]) for row in edges}
    for row in rows("Style", "usesProgression", "melodyInstrument"):
        assert (row["id"], row["usesProgression"]) in weighted


def test_every_form_is_read_by_the_composer():
    found = rows("Form", "sections", "unit", "fewestBars", "usualBars", "mostBars")
    assert {row["id"] for row in found} == set(ids("Form"))
    for row in found:
        assert parse_form(row["sections"])
        assert 1 <= row["fewestBars"] <= row["usualBars"] <= row["mostBars"], row["id"]
        assert row["unit"] in (4, 8, 12, 16)


def test_baban_has_sixty_eight_beats():
    sections = parse_form(graph().values("form:baban", "sections")[0])
    assert 2 * sum(bars for _, bars in sections) == 68


def test_every_pattern_fills_its_bars():
    found = rows("Rhythm", "pattern", "metre", "role")
    assert {row["id"] for row in found} == set(ids("Rhythm"))
    for row in found:
        bars = (graph().values(row["id"], "bars") or (1,))[0]
        assert len(row["pattern"]) == bars * SIXTEENTHS[row["metre"]], row["id"]
        assert set(row["pattern"]) <= set("xX-")
        assert set(row["pattern"]) & set("xX")


def test_every_rhythm_is_used_and_only_drums_have_a_drum():
    used = {row["typicalRhythm"] for row in rows("Style", "typicalRhythm")}
    assert used == set(ids("Rhythm"))
    for row in rows("Rhythm", "role"):
        assert bool(graph().values(row["id"], "drum")) == (row["role"] == "role:drums"), row["id"]


def test_onsets_of_known_rhythms():
    def onsets(name):
        return [at for at, mark in enumerate(graph().values(name, "pattern")[0]) if mark != "-"]

    assert onsets("rhythm:son-clave-32-claves") == [0, 6, 12, 20, 24]
    assert onsets("rhythm:rumba-clave-32-claves") == [0, 6, 14, 20, 24]
    assert onsets("rhythm:bossa-stick") == [0, 6, 12, 20, 26]
    assert onsets("rhythm:tresillo-bass") == [0, 3, 6]
    assert onsets("rhythm:habanera-bass") == [0, 3, 4, 6]
    assert onsets("rhythm:samba-tamborim") == [0, 6, 10, 14, 20, 24, 28]
    first, second = onsets("rhythm:son-clave-32-claves"), onsets("rhythm:son-clave-23-claves")
    assert sorted((at + 16) % 32 for at in first) == second


def test_moods_lie_on_the_circumplex():
    found = rows("Mood", "valence", "energy", "tempoFactor", "density", "register", "dynamics")
    assert {row["id"] for row in found} == set(ids("Mood"))
    for row in found:
        assert 0 <= row["valence"] <= 1
        assert 0 <= row["energy"] <= 1
        assert 0.5 <= row["tempoFactor"] <= 1.5
        assert row["density"] in DENSITIES
        assert row["register"] in REGISTERS
        assert row["dynamics"] in DYNAMICS
        assert set(graph().values(row["id"], "prefersMode")) <= set(MODES)
    assert len({(row["valence"], row["energy"]) for row in found}) > 30


def test_moods_are_placed_as_the_research_finds_them():
    place = {row["id"]: row for row in rows("Mood", "valence", "energy", "tempoFactor")}
    for glad, sorry in [("happy", "sad"), ("calm", "scary"), ("triumphant", "tragic")]:
        assert place[f"mood:{glad}"]["valence"] > place[f"mood:{sorry}"]["valence"] + 0.3
    for stirred, quiet in [("excited", "calm"), ("angry", "sad"), ("urgent", "dreamy")]:
        assert place[f"mood:{stirred}"]["energy"] > place[f"mood:{quiet}"]["energy"] + 0.3
        assert place[f"mood:{stirred}"]["tempoFactor"] > place[f"mood:{quiet}"]["tempoFactor"]
    for row in rows("Mood", "opposite"):
        assert row["id"] in graph().values(row["opposite"], "opposite")


@pytest.mark.parametrize(
    ("word", "kind", "found"),
    [
        ("欢快", "mood", "mood:happy"),
        ("激昂", "mood", "mood:passionate"),
        ("忧伤", "mood", "mood:melancholy"),
        ("creepy", "mood", "mood:scary"),
        ("江南丝竹", "style", "style:jiangnan-sizhu"),
        ("信天游", "style", "style:shaanbei-folk-song"),
        ("京剧", "style", "style:peking-opera"),
        ("lofi", "style", "style:lo-fi"),
        ("8-bit", "style", "style:chiptune"),
        ("boss fight", "style", "style:boss-battle"),
        ("lieder", "style", "style:art-song"),
        ("12-bar blues", "form", "form:twelve-bar-blues"),
        ("起承转合", "form", "form:qi-cheng-zhuan-he"),
        ("回旋曲", "form", "form:rondo"),
        ("四句头", "form", "form:qi-cheng-zhuan-he"),
        ("柔板", "tempo", "tempo:adagio"),
        ("一板三眼", "tempo", "tempo:manban"),
        ("渐快", "tempo", "tempo:accelerando"),
        ("sehr langsam", "tempo", "tempo:sehr-langsam"),
        ("consecutive fifths", "rule", "rule:parallel-fifths"),
        ("平行五度", "rule", "rule:parallel-fifths"),
        ("羽调式", "scale", "scale:yu"),
        ("Bhairav", "scale", "scale:double-harmonic"),
    ],
)
def test_words_that_people_type_are_found(word, kind, found):
    assert graph().find(word, kind).id == found


def test_rules_are_those_of_the_checker_and_say_the_same():
    text = (files("boya.theory.voices") / "data" / "rules.toml").read_text(encoding="utf-8")
    table = {row["name"]: row for row in tomllib.loads(text)["rule"]}
    checked = {row["name"]: row for row in rows("Rule", "name", "scope", "severity", "checked") if row["checked"]}
    assert set(checked) == set(table)
    for name, row in table.items():
        of = checked[name]
        assert of["id"] == f"rule:{name}"
        assert (of["scope"], of["severity"]) == (row["scope"], row["severity"])
        assert set(graph().values(of["id"], "says")) == {row["en"], row["zh"]}
    for row in rows("Rule", "scope", "severity"):
        assert row["scope"] in ("voices", "melody", "chord", "counterpoint")
        assert row["severity"] in ("hard", "soft")
        assert len(graph().values(row["id"], "says")) == 2


@pytest.mark.parametrize("name", scale_names())
def test_a_scale_is_near_a_mode_and_has_what_marks_it(name):
    own = graph().find(name, "scale").id
    semitones = set(find_scale(name).semitones)
    for mode in graph().values(own, "nearestMode"):
        assert mode in MODES
    for degree in graph().values(own, "characteristic"):
        major = (0, 2, 4, 5, 7, 9, 11)[int(degree[-1]) - 1]
        assert (major + degree.count("#") - degree.count("b")) % 12 in semitones, degree


def test_modes_are_turns_of_the_scale_they_come_from():
    def notes(own):
        return [int(s) for s in str(graph().values(own, "semitones")[0]).split()]

    found = rows("Scale", "modeOf", "modeDegree")
    assert len(found) > 40
    for row in found:
        parent = notes(row["modeOf"])
        first = parent[row["modeDegree"] - 1]
        assert sorted((note - first) % 12 for note in parent) == notes(row["id"]), row["id"]


def test_five_modes_of_china_and_their_seven_note_forms():
    for family in ("qingyue", "yayue", "yanyue"):
        for tone in ("gong", "shang", "jue", "zhi", "yu"):
            whole, core = find_scale(f"{family} {tone}").semitones, find_scale(tone).semitones
            assert len(whole) == 7
            assert set(core) <= set(whole)


def test_progressions_for_every_mode():
    for mode in MODES:
        of_mode = [p for p in progressions() if p.mode == mode]
        assert len(of_mode) >= (2 if mode == "locrian" else 4)


@pytest.mark.parametrize(
    ("name", "scale"), [("gong slow", "gong"), ("yu", "yu"), ("shang", "shang"), ("jue", "jue"), ("zhi", "zhi")]
)
def test_the_chinese_progressions_close_at_home_and_lean_on_their_five_notes(name, scale):
    progression = next(p for p in progressions() if p.name == name)
    chords = [parse_roman(numeral, 0, progression.mode) for bar in progression.bars for numeral in bar]
    assert chords[0][0] == chords[-1][0] == 0
    assert {root for root, *_ in chords} <= set(find_scale(scale).semitones) | {7}
    assert all(parse_chord(chord_name(*chord))[:2] == chord[:2] for chord in chords)
