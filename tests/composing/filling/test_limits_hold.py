"""Whatever the composer thinks, every limit holds: composers that know nothing write in random sheets."""

import numpy as np
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from boya.composing.filling import Limits, Sheet, TrackLimits, fill, violations
from boya.errors import RequestError
from boya.score import MODES, ROLES, Chord, Key, Metre, Score, Section, Tempo, Timeline, Track, note_array

METRES = [(4, 4), (3, 4), (6, 8), (7, 8), (12, 8), (2, 2), (5, 16)]
QUALITIES = ["maj", "min7", "7", "dim", "5", "sus4"]


@st.composite
def tracks(draw, end):
    """Tracks of notes anywhere, on steps or off them."""
    lengths = st.one_of(st.sampled_from([40, 160, 240, 480, 1920]), st.integers(1, 6000))
    rows = st.tuples(st.one_of(st.integers(0, 200).map(lambda n: 120 * n), st.integers(0, 20000)), lengths, st.integers(30, 100))
    notes = [(on, min(n, end - on), pitch, 80) for on, n, pitch in draw(st.lists(rows, max_size=25)) if on < end]
    is_drum = draw(st.integers(0, 4)) == 0
    return Track(note_array(notes), draw(st.sampled_from([0, 33, 40, 56, 73])), is_drum, "", draw(st.sampled_from(["", *ROLES])))


@st.composite
def timelines(draw, end):
    times = st.lists(st.integers(1, max(end // 480, 2)).map(lambda n: 480 * n), max_size=2, unique=True)
    metres = {0: draw(st.sampled_from(METRES))} | {tick: draw(st.sampled_from(METRES)) for tick in draw(times)}
    keys = {0: (0, "major")} | {tick: (draw(st.integers(0, 11)), draw(st.sampled_from(MODES))) for tick in draw(times)}
    keys[0] = (draw(st.integers(0, 11)), draw(st.sampled_from(MODES)))
    return Timeline.of(
        [Tempo(0, 90.0)],
        [Metre(tick, *value) for tick, value in metres.items()],
        [Key(tick, *value) for tick, value in keys.items()],
    )


@st.composite
def limits(draw, n_tracks):
    def some(strategy):
        return draw(st.one_of(st.none(), strategy))

    def of_track():
        low = some(st.integers(20, 90))
        high = some(st.integers((low or 40) + draw(st.sampled_from([0, 3, 14])), 127))
        keys = some(st.frozensets(st.integers(27, 87), min_size=1, max_size=4))
        strength = some(st.sampled_from(["free", "strong", "all"]))
        return TrackLimits(low, high, some(st.integers(1, 3)), some(st.integers(0, 14)), keys, strength)

    scale = some(st.one_of(st.just("key"), st.frozensets(st.integers(0, 11), min_size=1, max_size=7)))
    return Limits(
        tuple(of_track() for _ in range(draw(st.integers(0, n_tracks)))), scale, some(st.sampled_from(["strong", "all"]))
    )


@st.composite
def sheets(draw):
    """A sheet and a selection."""
    n_bars = draw(st.integers(1, 12))
    timeline = draw(timelines(n_bars * 1920))
    end = int(timeline.bar_starts(100_000)[n_bars])
    made = draw(st.lists(tracks(end), min_size=1, max_size=5))
    places = st.integers(0, end - 480).map(lambda tick: tick // 240 * 240) if end > 480 else st.just(0)
    roots = st.one_of(st.none(), st.integers(0, 11))
    chords = draw(st.lists(st.builds(Chord, places, st.just(480), roots, st.sampled_from(QUALITIES), roots), max_size=8))
    sections = draw(st.lists(st.builds(Section, places, st.just(480), st.sampled_from("AB")), max_size=2))
    inside = [c for c in chords if c.end <= end]
    score = Score(tuple(made), timeline, tuple(inside), tuple(s for s in sections if s.end <= end), title="kept")
    shape = draw(st.sampled_from([(len(made), 4), (n_bars, len(made), 4)]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    controls = rng.integers(-1, 4, shape).astype(np.int8) if draw(st.booleans()) else None
    sheet = Sheet(score, n_bars, "pop", "", draw(limits(len(made))), controls, draw(st.booleans()))
    share = draw(st.sampled_from([0.2, 0.5, 1.0]))
    selection = rng.random((len(made), n_bars)) < share
    if draw(st.booleans()):
        selection[:, draw(st.integers(0, n_bars - 1)) :] = True
    assume(selection.any())
    return sheet, selection, int(rng.integers(2**32))


@settings(max_examples=150, deadline=None)
@given(sheets(), st.sampled_from([{}, {"bar": 3}, {"bar": 4, "slot": 3}, {"dur": 2, "long": 4}]), st.sampled_from([512, 1024]))
def test_every_limit_holds(desk, given_sheet, likings, context):
    sheet, selection, seed = given_sheet
    composer = desk.Leaning(context, **likings)
    try:
        filled = fill(sheet, selection, np.random.default_rng(seed), candidates=2, composer=composer)
    except RequestError as error:
        assert not composer.prompts, "what cannot be met is known before anything is read"
        assert "contradict" in str(error)  # noqa: PT017  (an error is one of two good outcomes)
        event("contradiction")
        return
    event(f"{len(composer.prompts)} passages" if len(composer.prompts) < 4 else "many passages")
    assert filled.is_complete
    assert violations(sheet, selection, filled.scores[0]) == ()
