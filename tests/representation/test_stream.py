"""A score goes through the bar stream and comes back as `quantise` says, in any window, with holes or without."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boya.errors import CorpusError, ScoreError, StreamError
from boya.representation.stream import (
    VOCABULARY,
    Grammar,
    Part,
    controls_of,
    decode,
    describe,
    encode,
    open_stream,
    pack_stream,
    quantise,
    transposed,
)
from boya.score import MODES, ROLES, Chord, Key, Metre, Score, Section, Tempo, Timeline, Track, note_array

QUARTER, BAR = 480, 1920
METRES = [(4, 4), (3, 4), (7, 8), (12, 8), (5, 4), (2, 2), (15, 16), (1, 4), (6, 8)]
QUALITIES = ["maj", "min7", "7(*5,b5)", "sus4(b7)", "maj(13)", "7(b9,#11)"]
ticks = st.one_of(
    st.integers(0, 60).map(lambda n: 160 * n), st.integers(0, 40).map(lambda n: 240 * n), st.integers(0, 10000)
)  # triplets, eighths, anywhere
lengths = st.one_of(st.sampled_from([40, 160, 240, 480, 1920, 3840, 3880, 7720, 90000]), st.integers(1, 5000))


def tune(*rows, **track):
    """A track of (onset, duration, pitch) in quarters."""
    return Track(note_array([(round(on * QUARTER), round(n * QUARTER), pitch, 80) for on, n, pitch in rows]), **track)


def text(score, **names):
    """The tokens of a score after its head."""
    words = describe(encode(score, **names).whole())
    return words[words.index("bar:") :]


@st.composite
def tracks(draw):
    rows = draw(st.lists(st.tuples(ticks, lengths, st.integers(0, 127), st.integers(1, 127)), max_size=25))
    role = draw(st.sampled_from(["", *ROLES]))
    return Track(note_array(rows), draw(st.integers(0, 127)), draw(st.booleans()), "a name", role)


@st.composite
def scores(draw):
    """Scores with anything in them that a score may have, at least one thing that lasts."""

    def events(kind, values):
        return [kind(tick, *value) for tick, value in draw(st.lists(st.tuples(ticks, values), max_size=4))]

    keys = st.tuples(st.integers(0, 11), st.sampled_from(MODES))
    tempos = st.floats(10, 400).map(lambda qpm: (qpm,))
    timeline = Timeline.of(events(Tempo, tempos), events(Metre, st.sampled_from(METRES)), events(Key, keys))
    pitch_classes = st.one_of(st.none(), st.integers(0, 11))
    chords = st.builds(Chord, ticks, lengths, pitch_classes, st.sampled_from(QUALITIES), pitch_classes)
    sections = st.builds(Section, ticks, lengths, st.sampled_from(["A", "B", "intro", "Verse 2", "A'", "?"]))
    return Score(
        (tune((0, 1, 60)), *draw(st.lists(tracks(), max_size=5))),
        timeline,
        tuple(draw(st.lists(chords, max_size=8))),
        tuple(draw(st.lists(sections, max_size=4))),
        title="gone",
    )


@st.composite
def windows(draw):
    """A piece, bars of it, holes in them, and a first number."""
    piece = encode(draw(scores()), "pop", "Ballad")
    first = draw(st.integers(0, piece.n_bars - 1))
    last = draw(st.integers(first + 1, min(first + 64, piece.n_bars)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    holes = rng.random((last - first, len(piece.parts))) < draw(st.sampled_from([0.0, 0.2, 1.0]))
    return piece, first, last, holes, draw(st.integers(0, 63))


def assert_grammatical(tokens):
    grammar = Grammar()
    for token in tokens.tolist():
        assert grammar.allowed()[token], (VOCABULARY.names[token], grammar.expected)
        grammar.take(token)
    return grammar


@settings(max_examples=300, deadline=None)
@given(scores())
def test_a_score_comes_back_as_quantised(score):
    kept = quantise(score)
    assert quantise(kept) == kept
    tokens = encode(score).whole()
    assert decode(tokens) == kept
    assert assert_grammatical(tokens).is_done
    assert np.array_equal(encode(kept).whole(), tokens)


@settings(max_examples=200, deadline=None)
@given(windows())
def test_a_window_says_the_same_with_holes_and_under_any_number(window):
    piece, first, last, holes, number = window
    plain = piece.window(first, last)
    holed = piece.window(first, last, holes=holes, controls=controls_of(piece, first, last), number=number)
    assert decode(holed) == decode(plain)
    assert assert_grammatical(plain).is_done == (last == piece.n_bars)
    assert assert_grammatical(holed).is_done == (last == piece.n_bars or bool(holes.any()))
    assert np.count_nonzero(holed == VOCABULARY.id("hole")) == holes.sum()


@settings(max_examples=200, deadline=None)
@given(windows())
def test_a_window_holds_what_begins_in_its_bars(window):
    piece, first, last, _, number = window
    whole, part = decode(piece.whole()), decode(piece.window(first, last, number=number))
    start, stop = (int(whole.bar_bounds[bar]) for bar in (first, last))
    for mine, theirs in zip(part.tracks, whole.tracks, strict=True):
        begun = theirs.notes[(theirs.notes["onset"] >= start) & (theirs.notes["onset"] < stop)].copy()
        begun["onset"] -= start
        assert np.array_equal(mine.notes, begun)
    cut = whole.slice(start, stop)
    assert part.timeline.tempos == cut.timeline.tempos
    assert part.timeline.keys == cut.timeline.keys
    named = [[(c.onset, c.root, c.quality, c.bass) for c in music.chords] for music in (part, cut)]
    assert named[0] == named[1]
    assert [(s.onset, s.label) for s in part.sections] == [(s.onset, s.label) for s in cut.sections]


@settings(max_examples=100, deadline=None)
@given(scores(), st.integers(40, 400))
def test_fit_keeps_windows_within_their_length(score, n_tokens):
    piece = encode(score, "pop", "Ballad")
    last = piece.fit(0, n_tokens)
    tokens = piece.window(0, last, controls=np.zeros((len(piece.parts), 4), dtype=np.int8))
    assert last == 1 or len(tokens) <= n_tokens


def test_fit_takes_as_many_bars_as_go_in():
    piece = encode(Score((tune(*((4 * bar, 1, 60) for bar in range(100))),)))
    assert piece.fit(0, 10**6) == 64
    assert piece.fit(90, 10**6) == 100
    assert len(piece.window(0, piece.fit(0, 200))) > 200 - 30


@pytest.mark.parametrize(
    ("metre", "bars"),
    [
        ((7, 8), "bar:0 metre:7/8 tempo:120 slot:0 at:0 vel:5 dur:12 pitch:60\nbar:1 last slot:0 at:3 vel:5 dur:6 pitch:62 end"),
        ((5, 4), "bar:0 last metre:5/4 tempo:120 slot:0 at:0 vel:5 dur:12 pitch:60 at:45 dur:6 pitch:62 end"),
        ((12, 8), "bar:0 last metre:12/8 tempo:120 slot:0 at:0 vel:5 dur:12 pitch:60 at:45 dur:6 pitch:62 end"),
        ((3, 16), None),
    ],
)
def test_positions_count_from_the_bar_line(metre, bars):
    score = Score((tune((0, 1, 60), (3.75, 0.5, 62)),), Timeline(metres=(Metre(0, *metre),)))
    assert decode(encode(score).whole()) == quantise(score)
    assert bars is None or text(score) == bars


def test_a_metre_change_inside_a_bar_cuts_it_short():
    timeline = Timeline(metres=(Metre(0, 4, 4), Metre(1200, 3, 4)))
    assert text(Score((tune((2, 0.5, 60), (2.5, 1, 62)),), timeline)) == (
        "bar:0 metre:4/4 length:30 tempo:120 slot:0 at:24 vel:5 dur:6 pitch:60\n"
        "bar:1 last metre:3/4 slot:0 at:0 vel:5 dur:12 pitch:62 end"
    )


def test_notes_state_velocity_and_duration_where_they_change():
    triplets = [(0, 1 / 3, 60), (1 / 3, 1 / 3, 62), (2 / 3, 1 / 3, 64), (1, 21, 55), (1, 21, 60), (2, 1 / 3, 48), (4, 21, 48)]
    assert text(Score((tune(*triplets),))).startswith(
        "bar:0 metre:4/4 tempo:120 slot:0 at:0 vel:5 dur:4 pitch:60 at:4 pitch:62 at:8 pitch:64 "
        "at:12 long:2 dur:60 pitch:55 pitch:60 at:24 dur:4 pitch:48\n"
        "bar:1 slot:0 at:0 vel:5 long:2 dur:60 pitch:48\nbar:2"
    )


def test_tracks_stand_by_slot_and_drums_have_no_duration():
    hats = tune((0, 0.25, 42), (0, 0.5, 36), (1, 0.5, 42), is_drum=True, role="drums")
    score = Score((hats, tune((1, 1, 60), program=40, role="melody"), Track()))
    assert describe(encode(score, "art song", "Tango").whole()) == (
        "piece home:0 style:art_song substyle:Tango mode:major slot:0 drums role:drums slot:1 program:40 role:melody "
        "slot:2 program:0 role:none\n"
        "bar:0 last metre:4/4 tempo:120 slot:0 at:0 vel:5 drum:36 drum:42 at:12 drum:42 slot:1 at:12 vel:5 dur:12 pitch:60 end"
    )


def test_everything_is_moved_to_c_and_back():
    timeline = Timeline(keys=(Key(0, 2, "minor"), Key(BAR, 9, "major")))
    chords = (Chord(0, 960, 2, "min", 9), Chord(1440, BAR, 9, "maj"))
    score = Score((tune((0, 1, 62), (4, 1, 57)),), timeline, chords)
    assert text(score) == (
        "bar:0 metre:4/4 tempo:120 chord:0 root:0 quality:min over:7 chord:24 none chord:36 root:7 quality:maj "
        "slot:0 at:0 vel:5 dur:12 pitch:60\n"
        "bar:1 last tonic:7 mode:major chord:36 none slot:0 at:0 vel:5 dur:12 pitch:55 end"
    )
    assert decode(encode(score).whole()).chords == chords
    assert decode(transposed(encode(score), -2).whole()).tracks[0].notes["pitch"].tolist() == [60, 55]


@given(scores(), st.integers(-11, 11))
@settings(max_examples=60)
def test_a_piece_moved_is_the_moved_piece_encoded(score, semitones):
    try:
        moved = score.transpose(semitones)
    except ScoreError:
        with pytest.raises(StreamError, match="must stay within 0-127"):
            transposed(encode(score), semitones)
        return
    ours, theirs = transposed(encode(score), semitones), encode(moved)
    assert (ours.home, ours.mode, ours.parts) == (theirs.home, theirs.mode, theirs.parts)
    for kind in ("tokens", "bars", "segments"):
        assert np.array_equal(getattr(ours, kind), getattr(theirs, kind))


def test_a_window_restates_what_is_in_force():
    timeline = Timeline(keys=(Key(0, 0), Key(BAR, 7)), tempos=(Tempo(0, 60.0),))
    score = Score((tune((0, 1, 60), (9, 1, 60)),), timeline, (Chord(0, 3 * BAR, 5),), (Section(0, 3 * BAR, "A"),))
    assert describe(encode(score).window(2, 3, number=63)).endswith(
        "\nbar:63 last metre:4/4 tempo:60 tonic:7 mode:major section:A chord:0 root:5 quality:maj slot:0 at:12 vel:5 dur:12 "
        "pitch:60 end"
    )
    assert describe(encode(score).window(2, 3)).startswith("part ")


def test_holes_stand_behind_the_bars_and_silence_can_be_one():
    piece = encode(Score((tune((0, 1, 60), (8, 1, 60)), tune((4, 1, 62), (8, 1, 64)))))
    holes = np.array([[True, False], [True, True]])
    assert describe(piece.window(0, 2, holes=holes, number=9)).splitlines()[1:] == [
        "bar:9 metre:4/4 tempo:120 slot:0 hole",
        "bar:10 slot:0 hole slot:1 hole",
        "fill",
        "bar:9 slot:0 at:0 vel:5 dur:12 pitch:60",
        "bar:10 slot:0",
        "bar:10 slot:1 at:0 vel:5 dur:12 pitch:62 end",
    ]


def test_sections_of_one_name_stay_two():
    sections = (Section(0, BAR, "A"), Section(BAR, BAR, "A"), Section(3 * BAR, BAR, "B"))
    score = Score((tune((0, 16, 60)),), sections=sections)
    assert decode(encode(score).whole()).sections == sections
    assert [line.partition("section:")[2][:4] for line in text(score).splitlines()] == ["A sl", "A", "none", "B en"]


def test_controls_tell_how_full_high_thick_and_loud_a_track_is():
    full = Track(note_array([(on * 120, 120, 80 + n, 100) for on in range(16) for n in range(3)]))
    low = Track(note_array([(0, BAR, 30, 50), (BAR, BAR, 30, 50)]))
    hats = Track(note_array([(0, 40, 42, 70)]), is_drum=True)
    piece = encode(Score((full, low, hats, Track())))
    assert controls_of(piece, 0, 2).tolist() == [[4, 5, 3, 3], [0, 0, 0, 0], [0, -1, 0, 1], [-1, -1, -1, -1]]
    wished = controls_of(piece, 0, 1)
    wished[0, 1:] = -1
    assert "role:none density:4 slot:1 program:0 role:none density:0 register:0 polyphony:0 dynamics:0 slot:2 drums" in describe(
        piece.window(0, 1, controls=wished)
    )


def test_style_is_named_or_left_out():
    piece = encode(Score((tune((0, 1, 60)),)), "jazz", "a substyle of no table")
    assert "style:jazz mode" in describe(piece.window(0, 1))
    assert "style:none mode" in describe(piece.window(0, 1, is_styled=False))
    assert "style:none mode" in describe(encode(Score((tune((0, 1, 60)),)), "no such style").whole())


def test_packed_pieces_give_the_same_windows(tmp_path):
    songs = [
        Score((tune((0, 1, 60), (9, 1, 61)), tune((1, 1, 40), is_drum=True, role="drums")), chords=(Chord(0, BAR, 2),)),
        Score(sections=(Section(0, BAR, "B"),), timeline=Timeline(keys=(Key(0, 6, "dorian"),))),
    ]
    pieces = [encode(song, style, substyle) for song, style, substyle in zip(songs, ("art song", ""), ("Tango", ""), strict=True)]
    pack_stream(pieces).write(tmp_path)
    packed = open_stream(tmp_path)
    assert packed.lengths.tolist() == [len(piece.tokens) for piece in pieces]
    for index, piece in enumerate(pieces):
        found = packed.piece(index)
        assert np.array_equal(found.whole(), piece.whole())
        assert (found.style, found.substyle, found.parts) == (piece.style, piece.substyle, piece.parts)
        assert np.array_equal(controls_of(found, 0, found.n_bars), controls_of(piece, 0, piece.n_bars))
    assert packed.piece(0).parts[1] == Part(0, True, "drums")


@pytest.mark.parametrize("name", ["stream.json", "tokens.npy", "pieces.npy"])
def test_a_damaged_folder_is_told(tmp_path, name):
    pack_stream([encode(Score((tune((0, 1, 60)),)))]).write(tmp_path)
    (tmp_path / name).write_bytes(b"{")
    with pytest.raises(CorpusError, match="Pack the corpus again"):
        open_stream(tmp_path)


def test_tokens_of_another_vocabulary_are_told(tmp_path):
    pack_stream([encode(Score((tune((0, 1, 60)),)))]).write(tmp_path)
    (tmp_path / "stream.json").write_text('{"vocabulary": "0000"}', encoding="utf-8")
    with pytest.raises(CorpusError, match=f"must be of vocabulary {VOCABULARY.hash}; they are of 0000"):
        open_stream(tmp_path)


@pytest.mark.parametrize(
    ("wished", "message"),
    [
        ({"first": 1, "last": 1}, "1-64 of the bars 0-2; got 1-1"),
        ({"first": 0, "last": 3}, "got 0-3"),
        ({"first": 0, "last": 2, "holes": np.ones((2, 2), dtype=bool)}, r"holes of a window must be boolean \(2, 1\)"),
        ({"first": 0, "last": 2, "holes": np.ones((2, 1))}, "got float64"),
        ({"first": 0, "last": 2, "controls": np.full((1, 4), 9, dtype=np.int8)}, "classes below"),
    ],
)
def test_a_window_that_the_piece_has_not_is_refused(wished, message):
    with pytest.raises(StreamError, match=message):
        encode(Score((tune((0, 1, 60), (4, 1, 60)),))).window(**wished)
