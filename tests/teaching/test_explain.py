"""Explanations: exact music, both languages, and the making of our own pieces."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boya.composing import compose
from boya.errors import InputError
from boya.files import write
from boya.score import Chord, Key, Metre, Score, Section, Tempo, Timeline, Track, note_array
from boya.teaching import Origin, explain, read_origin
from boya.teaching.provenance import decisions_of
from boya.teaching.returns import returning_bars, stretches
from boya.teaching.texture import texture_of
from boya.teaching.wishes import wishes_of

CHORALE = [(48, 60, 64, 67), (53, 60, 65, 69), (43, 59, 65, 67), (48, 60, 64, 67)]


def chorale(chords=CHORALE, **more):
    tracks = tuple(
        Track(note_array([(i * 1920, 1920, chord[voice], 80) for i, chord in enumerate(chords)]), 52, name=name)
        for voice, name in reversed(list(enumerate(("Bass", "Tenor", "Alto", "Soprano"))))
    )
    return Score(tracks, **more)


@pytest.fixture(scope="module")
def piece():
    return compose(style="pop", key="A minor", bars=8, band={"melody": "flute"}, model="gan", seed=3)


def test_chords_are_told_by_name_numeral_and_function():
    told = explain(chorale())
    assert [bar.chords[0]["numeral"] for bar in told.bars] == ["I", "IV", "V7", "I"]
    assert told.bars[2].sentences[0].en == (
        "G7, a dominant seventh chord, is V7 in C major; it wants to go to the tonic (dominant function)."
    )
    assert told.bars[2].sentences[0].zh == "G7（大小七和弦）是C大调的V7，要求解决到主和弦（属功能）。"
    assert "It is in C major." in str(told)
    assert "cadence" in str(told)


def test_one_bar_alone():
    told = explain(chorale(), bar=1, language="zh")
    assert [note.bar for note in told.bars] == [1]
    assert str(told).count("小节：") == 1
    assert "F（大三和弦）是C大调的IV" in str(told)
    assert told.as_json()["bars"][0]["bar"] == 2


@pytest.mark.parametrize("bar", [-1, 4, 400, True])
def test_there_must_be_such_a_bar(bar):
    with pytest.raises(InputError, match="bar must be 1-4"):
        explain(chorale(), bar=bar)


def test_there_must_be_such_a_language():
    with pytest.raises(InputError, match="en or zh"):
        explain(chorale(), language="de")


def test_chord_symbols_and_a_written_key_come_before_what_is_heard():
    chords = (Chord(0, 1920, 9, "min7"), Chord(1920, 1920, 2, "min", 5), Chord(3840, 1920, 4, "7"), Chord(5760, 1920, 9, "min"))
    line = Timeline((Tempo(0, 90.0),), (Metre(0, 4, 4),), (Key(0, 9, "minor"),))
    score = replace(chorale(timeline=line), chords=chords)
    told = explain(score)
    assert [bar.chords[0]["numeral"] for bar in told.bars] == ["i7", "iv6", "V7", "i"]
    assert "It is in A minor." in str(told)
    assert "chord symbols" in str(told)
    assert "By its notes alone it would sound like C major." in str(told)
    assert "with F in the bass (first inversion)" in str(told)


def test_a_church_mode_is_told_by_its_name():
    chords = (Chord(0, 3840, 2, "min"), Chord(3840, 1920, 7), Chord(5760, 1920, 2, "min"))
    line = Timeline((Tempo(0, 90.0),), (Metre(0, 4, 4),), (Key(0, 2, "dorian"),))
    told = str(explain(replace(chorale(timeline=line), chords=chords)))
    assert "It is written in D dorian; its chords are named as in D minor." in told


def test_a_chord_that_goes_on_and_two_in_a_bar():
    chords = (Chord(0, 3840, 0), Chord(3840, 960, 2, "min7"), Chord(4800, 960, 7, "7"), Chord(5760, 1920, 0))
    told = explain(replace(chorale(), chords=chords))
    assert "C (I in C major) goes on from bar 1." in [words.en for words in told.bars[1].sentences]
    two = [words.en for words in told.bars[2].sentences]
    assert two[0].startswith("Beat 1: Dm7")
    assert two[1].startswith("Beat 3: G7")


def test_a_passing_tone_is_told_with_its_player():
    top = Track(note_array([(0, 480, 72, 80), (480, 480, 74, 80), (960, 960, 76, 80), (1920, 1920, 76, 80)]), 40, name="Violin")
    low = Track(note_array([(t, 1920, p, 80) for t in (0, 1920) for p in (48, 55, 64)]), 0)
    told = explain(Score((top, low), chords=(Chord(0, 3840, 0),)), bar=0)
    assert "D5 on beat 2 (Violin, passing tone)" in str(told)


def test_sections_and_returns():
    tune = [(bar * 1920 + n * 480, 480, p, 80) for bar in (0, 1, 4, 5) for n, p in enumerate((60, 64, 67, 60 + bar % 2))]
    tune += [(bar * 1920 + n * 960, 960, p, 80) for bar in (2, 3) for n, p in enumerate((65, 69 + bar))]
    score = Score(
        (Track(note_array(tune)),), sections=(Section(0, 3840, "A"), Section(3840, 3840, "B"), Section(7680, 3840, "A"))
    )
    told = explain(score)
    assert "Its sections are A (bars 1-2), B (bars 3-4) and A (bars 5-6)." in str(told)
    assert "Bars 5-6 bring back bars 1-2 note for note." in str(told)
    assert "第5至6小节原样再现第1至2小节。" in str(explain(score, language="zh"))
    assert "This bar repeats bar 2 note for note." in [words.en for words in told.bars[5].sentences]


@given(st.lists(st.integers(0, 3), min_size=1, max_size=8), st.integers(-5, 5))
def test_returning_bars_are_those_that_are_equal(order, shift):
    bars = [((0, 480, 60), (480, 480, 62)), ((0, 960, 60), (960, 960, 67)), ((0, 240, 72),), ((0, 1920, 48), (480, 480, 50))]
    tune = [(n * 1920 + o, d, p + shift, 80) for n, kind in enumerate(order) for o, d, p in bars[kind]]
    found = returning_bars(Score((Track(note_array(tune)),)))
    for bar, kind in enumerate(order):
        first = order.index(kind)
        assert (bar in found and found[bar].kind == "same" and found[bar].of == first) if first < bar else bar not in found
    assert sum(run.n_bars for run in stretches(list(found.values()))) == len(found)


def test_textures():
    lines = [[(i * 480, 480, 60 + i + 5 * v, 80) for i in range(4)] for v in range(3)]
    other = [(i * 320, 320, 50 + i, 80) for i in range(6)]
    assert texture_of(Score((Track(note_array(lines[0])),))) == "solo"
    assert texture_of(Score(tuple(Track(note_array(line)) for line in lines))) == "homophony"
    assert texture_of(Score((Track(note_array(lines[0])), Track(note_array(other))))) == "polyphony"
    band = (Track(note_array(lines[0]), role="melody"), Track(note_array(other), role="bass"))
    assert texture_of(Score(band)) == "accompanied"
    assert texture_of(Score((Track(note_array([(0, 480, 36, 80)]), is_drum=True),))) == ""


def test_tracks_that_enter_and_leave_are_told():
    flute = Track(note_array([(1920, 1920, 72, 80)]), 73, name="Flute")
    piano = Track(note_array([(0, 1920, 60, 80), (1920, 1920, 64, 80), (3840, 1920, 60, 80)]), 0, name="Piano")
    told = explain(Score((flute, piano)))
    assert "Flute enters here." in [words.en for words in told.bars[1].sentences]
    assert "Flute falls silent." in [words.en for words in told.bars[2].sentences]


@pytest.mark.parametrize("score", [Score(), Score((Track(note_array([(0, 480, 36, 80)]), is_drum=True),))])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_silence_and_drums_alone_are_no_error(score, language):
    assert str(explain(score, language=language))


pitches = st.tuples(st.integers(0, 12).map(lambda n: n * 240), st.sampled_from([60, 240, 960, 3000]), st.integers(20, 110))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(pitches, max_size=8), max_size=3), st.sampled_from(["en", "zh"]))
def test_any_music_is_explained(tracks, language):
    score = Score(tuple(Track(note_array([(*tone, 80) for tone in dict.fromkeys(part)])) for part in tracks))
    told = explain(score, language=language)
    assert len(told.bars) == score.n_bars
    assert json.dumps(told.as_json(), ensure_ascii=False)
    assert "{" not in str(told)


def test_wishes_are_marked_as_those_of_the_person(piece):
    found = decisions_of(Origin.of(piece))
    wishes = {decision.what: decision.words.en for decision in found if decision.by == "wish"}
    assert wishes["style"] == "You asked for the style: pop."
    assert wishes["key"] == "You asked for the key: A minor."
    assert wishes["band"] == "You asked for the melody: Flute."
    drawn = {decision.what for decision in found if decision.by == "table"}
    assert {"tempo", "form", "chords", "band"} <= drawn
    assert not {"key", "style"} & drawn


def test_decisions_name_table_edge_and_source(piece):
    by_what = {}
    for decision in decisions_of(Origin.of(piece)):
        by_what.setdefault(decision.what, decision)
    assert by_what["tempo"].edge == "style:pop b:usualTempo 89"
    assert "between 68 and 108" in by_what["tempo"].words.en
    assert by_what["chords"].edge.startswith("style:pop b:usesProgression progression:")
    assert by_what["chords"].source
    assert by_what["close"].by == "rule"
    assert "seed 3" in by_what["seed"].words.en


def test_every_draw_has_a_source_and_every_edge_is_in_the_graph(piece):
    from boya.theory.graph import graph

    for decision in decisions_of(Origin.of(piece)):
        if decision.by == "table":
            assert decision.source, decision
        if " b:" in decision.edge and "b:Use" not in decision.edge:
            subject, name, value = decision.edge.split(" ", 2)
            assert value in {str(found) for found in graph().values(subject, name)}


def test_an_edited_plan_is_not_ascribed_to_a_table(piece):
    edited = piece.plan.replace('chords = "Am7 |', 'chords = "C#m7b5 |')
    found = decisions_of(Origin("compose", piece.request["wishes"], edited))
    assert "unknown" in {decision.by for decision in found if decision.what == "chords"}
    given = decisions_of(Origin("compose", {"plan": edited, "seed": 1}, edited))
    assert [(d.what, d.by) for d in given if d.what != "seed"] == [("plan", "wish")]


@settings(max_examples=30, deadline=None)
@given(st.recursive(st.none() | st.text(max_size=6) | st.integers(), lambda inner: st.lists(inner, max_size=3), max_leaves=8))
def test_any_band_in_a_memory_is_told(piece, band):
    assert decisions_of(Origin("compose", {"band": band}, piece.plan))


def test_weights_are_those_of_the_tables(piece):
    from boya.theory.instruments import find_instrument
    from boya.theory.styles import find_style

    style, _ = find_style("pop")
    drawn = [d for d in decisions_of(Origin.of(piece)) if d.what == "band" and "drawn with weight" in d.words.en]
    assert drawn
    for decision in drawn:
        name = decision.words.en.split(" plays the ")[0]
        role = decision.words.en.split(" plays the ")[1].split(":")[0]
        weights = dict(style.programs[role])
        assert f"weight {weights[find_instrument(name).program]:g} of {sum(weights.values()):g}" in decision.words.en


def test_a_piece_is_explained_from_its_file_and_from_music_beside_it(piece, tmp_path):
    saved = piece.save(tmp_path / "piece.json")
    music = write(piece.score, tmp_path / "piece.mid")
    assert read_origin(saved, piece.score) == Origin.of(piece)
    assert read_origin(music, piece.score) == Origin.of(piece)
    assert read_origin(music, piece.score.transpose(1)) is None
    assert explain(piece).decisions == explain(piece.score, origin=read_origin(music, piece.score)).decisions
    assert "How it came about" in str(explain(piece))
    assert "创作依据" in str(explain(piece, language="zh"))


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"piece": 3}', '{"piece": {"request": {"job": "compose", "wishes": []}, "plan": "", "report": {}}}']
)
def test_a_damaged_memory_is_no_memory(text, piece, tmp_path):
    (tmp_path / "piece.json").write_text(text, encoding="utf-8")
    music = write(piece.score, tmp_path / "piece.mid")
    assert read_origin(music, piece.score) is None


hostile = st.dictionaries(
    st.sampled_from(["style", "key", "band", "bars", "seconds", "seed", "metre", "candidates", "x"]),
    st.one_of(
        st.none(),
        st.integers(),
        st.text(max_size=8),
        st.lists(st.integers(), max_size=3),
        st.lists(st.lists(st.text(max_size=3), max_size=3)),
    ),
)


@settings(max_examples=50, deadline=None)
@given(
    hostile,
    st.sampled_from(["", "key = 3", "not toml ["]),
    st.dictionaries(st.sampled_from(["critic", "repeats"]), st.lists(st.dictionaries(st.text(max_size=5), st.integers()))),
)
def test_any_memory_is_told_without_a_crash(wishes, plan, report):
    assert isinstance(decisions_of(Origin("compose", wishes, plan, report)), tuple)
    assert isinstance(wishes_of(Origin("vary", wishes)), tuple)
