"""A piano roll as SVG: one lane per track, bars and beats, chord names and sections, a colour per role.

Colours are those of M. Okabe and K. Ito, "Color Universal Design", 2008: people with any colour vision can tell them apart; each
lane is also labelled. A note's opacity is its velocity. Drums are diamonds on a line per kind of drum, larger when louder.
"""

from collections import defaultdict
from collections.abc import Iterator
from xml.sax.saxutils import escape

import numpy as np

from boya.engraving.layout import GUTTER, MARGIN, PERCUSSION, Lane, Layout, Row, lay_out
from boya.engraving.svg import FONT, element, fit, line, number, rect, safe, text, text_width
from boya.errors import InputError
from boya.score import Chord, Score, note_ends
from boya.theory.chords import chord_name
from boya.theory.drums import DRUM_CLASSES, drum_class
from boya.theory.instruments import instrument
from boya.theory.keys import has_sharps, key_name

__all__ = ["ROLE_COLOURS", "piano_roll_svg"]

ROLE_COLOURS = {
    "melody": "#d55e00",
    "chords": "#0072b2",
    "bass": "#009e73",
    "pad": "#b5578f",
    "drums": "#4d5566",
    "": "#c78500",
}
OTHER_COLOURS = ("#c78500", "#3f97cf", "#7a6fc2", "#6f7d2e")  # tracks without a role, in turn
INK, GREY, FAINT = "#1f2430", "#717a8c", "#9aa2b1"
BAR_LINE, BEAT_LINE, OCTAVE_LINE, LANE_FILL = "#c3c9d6", "#e6e9f0", "#edeff4", "#f8f9fb"
CHORD_SIZE = 12.5
OPACITIES = (0.42, 0.56, 0.7, 0.85, 1.0)


def piano_roll_svg(score: Score, *, width: float = 1100, bars_per_row: int | None = None, title: str | None = None) -> str:
    """Return the piano roll of a score as SVG text.

    Parameters
    ----------
    score
        Any score; tracks without notes are left out, tracks beyond the 24th are counted in the header.
    width
        Pixels, 480-8000; the height follows.
    bars_per_row
        Bars in a row; None chooses by the length of the piece.
    title
        Words above the picture; None takes the score's title.

    Raises
    ------
    InputError
        if the width or the bars per row cannot be drawn.

    Examples
    --------
    >>> from boya.score import Track, note_array
    >>> picture = piano_roll_svg(Score((Track(note_array([(0, 480, 60, 90)])),)), title="One <note>")
    >>> picture.startswith("<svg"), "One &lt;note&gt;" in picture
    (True, True)
    """
    if not 480 <= width <= 8000:
        raise InputError(f"width must be 480-8000 pixels; got {width:g}")
    if bars_per_row is not None and not 1 <= bars_per_row <= 1000:
        raise InputError(f"bars_per_row must be 1-1000; got {bars_per_row}")
    page = lay_out(score, width, bars_per_row)
    name = safe(score.title if title is None else title) or "Untitled"
    parts = [
        element("title", escape(name)),
        rect(0.5, 0.5, width - 1, page.height - 1, rx=10, fill="#ffffff", stroke="#e1e5ec"),
        *_header(score, page, name),
    ]
    size = _chord_size(score, page)
    for row in page.rows:
        parts += _grid(score, page, row)
        parts += [_labels(lane, row) for lane in page.lanes]
        parts += [_notes(lane, page, row) for lane in page.lanes]
        parts += _chords(score, page, row, size)
        parts += _sections(score, page, row)
    body = "\n".join(part for part in parts if part)
    box = f"0 0 {number(width)} {number(page.height)}"
    attributes = {"xmlns": "http://www.w3.org/2000/svg", "viewBox": box, "font-family": FONT, "role": "img"}
    return element("svg", f"\n{body}\n", **attributes, width=width, height=page.height) + "\n"


def _header(score: Score, page: Layout, name: str) -> Iterator[str]:
    """Yield the title and a line of facts."""
    first = score.timeline.keys[0], score.timeline.tempos[0], score.timeline.metres[0]
    facts = []
    if "key" not in score.timeline.assumed:
        facts.append(key_name(first[0].tonic, first[0].mode))
    facts += [f"{first[2].numerator}/{first[2].denominator}", f"{first[1].qpm:.0f} qpm"]
    seconds = round(score.length_second)
    facts += [f"{score.n_bars} bars", f"{seconds // 60}:{seconds % 60:02d}"]
    if page.n_hidden:
        facts.append(f"{page.n_hidden} more tracks")
    words = "  ·  ".join(facts)
    room = page.width - 2 * MARGIN - text_width(words, 12) - 40
    yield text(MARGIN + 2, MARGIN + 20, fit(name, 19, room), font_size=19, font_weight="650", fill=INK)
    yield text(page.width - MARGIN - 2, MARGIN + 19, words, font_size=12, fill=GREY, text_anchor="end")
    if not page.lanes:
        yield text(page.width / 2, page.height - MARGIN, "no notes", font_size=12, fill=FAINT, text_anchor="middle")


def _grid(score: Score, page: Layout, row: Row) -> Iterator[str]:
    """Yield lanes, octave lines, beat and bar lines and bar numbers of a row."""
    left, right = page.x(row, row.start), page.x(row, row.end)
    octaves = []
    for lane in page.lanes:
        yield rect(left, row.top + lane.top, right - left, lane.height, fill=LANE_FILL)
        lines = range(1, len(lane.drums)) if lane.track.is_drum else range(-(-lane.low // 12) * 12, lane.high + 1, 12)
        for pitch in lines:
            y = row.top + (lane.y(pitch - 1) if not lane.track.is_drum else lane.y(pitch) + lane.step)
            octaves.append((left, y, right, y))
    yield line(octaves, stroke=OCTAVE_LINE, stroke_width=1)
    starts = np.asarray(score.bar_bounds[row.first : row.last + 1])
    bar_width = (right - left) / max(1, row.last - row.first)
    every = max(1, int(np.ceil(14 / bar_width)))
    top, bottom = row.top, row.top + page.lanes_height
    beats: list[tuple[float, float, float, float]] = []
    for start, end in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True) if bar_width >= 24 else ():
        beat = score.timeline.metre_at(start).ticks_per_beat
        if beat * page.pixels_per_tick >= 6:
            beats += [(x, top, x, bottom) for t in range(start + beat, end, beat) for x in [page.x(row, t)]]
    yield line(beats, stroke=BEAT_LINE, stroke_width=1)
    bars = [(x, top - 3, x, bottom) for t in [*starts[:-1:every].tolist(), row.end] for x in [page.x(row, t)]]
    yield line(bars, stroke=BAR_LINE, stroke_width=1)
    step = next((s for s in (1, 2, 4, 8, 16, 32, 64, 128) if s * bar_width >= 26), 10 ** len(str(int(26 / bar_width))))
    for bar in range(row.first, row.last, step):
        x = page.x(row, int(starts[bar - row.first])) + 2.5
        yield text(x, row.top - 5, str(bar + 1), font_size=9, fill=FAINT)


def _labels(lane: Lane, row: Row) -> str:
    """Return the name, instrument and role of a lane, its colour, and a few pitches or drums."""
    track, colour = lane.track, _colour(lane)
    top, middle = row.top + lane.top, row.top + lane.top + lane.height / 2
    sound = "Drums" if track.is_drum else instrument(track.program).name
    name = safe(track.name) or sound
    role = track.role or ("drums" if track.is_drum else "")
    below = " · ".join(dict.fromkeys(w for w in (role, sound.lower()) if w and w != name.lower()))
    room = GUTTER - 62 if track.is_drum else GUTTER - 33
    parts = [
        rect(MARGIN, top, 4, lane.height, rx=2, fill=colour),
        text(MARGIN + 11, middle - (2 if below else -4), fit(name, 12, room), font_size=12, font_weight="600", fill=INK),
        text(MARGIN + 11, middle + 12, fit(below, 9.5, room), font_size=9.5, fill=colour) if below else "",
    ]
    edge = MARGIN + GUTTER - 5
    if track.is_drum:
        marks = [(row.top + lane.y(i) + lane.step / 2 + 2.5, kind) for i, kind in enumerate(reversed(lane.drums))]
    else:
        octaves = range(-(-lane.low // 12) * 12, lane.high + 1, 12)
        marks = [(row.top + lane.y(p) + lane.step / 2 + 2.6, f"C{p // 12 - 1}") for p in octaves]
    parts += [text(edge, y, words, font_size=7.5, fill=FAINT, text_anchor="end") for y, words in marks]
    return "".join(parts)


def _colour(lane: Lane) -> str:
    """Return the colour of a lane's role, or of its turn among those without."""
    role = "drums" if lane.track.is_drum else lane.track.role
    return ROLE_COLOURS[role] if role else OTHER_COLOURS[lane.turn % len(OTHER_COLOURS)]


def _notes(lane: Lane, page: Layout, row: Row) -> str:
    """Return the notes of a lane that sound in a row, in groups of equal velocity."""
    notes = lane.track.notes
    ends = note_ends(notes)
    inside = (notes["onset"] < row.end) & (ends > row.start) & ((notes["onset"] >= row.start) | (not lane.track.is_drum))
    groups: dict[int, dict[str, None]] = defaultdict(dict)  # a dict keeps order and drops what looks the same
    for note, end in zip(notes[inside], ends[inside].tolist(), strict=True):
        loud = min(int(note["velocity"]) * len(OPACITIES) // 128, len(OPACITIES) - 1)
        x = page.x(row, max(int(note["onset"]), row.start))
        if lane.track.is_drum:
            groups[loud][_diamond(lane, row, x, int(note["pitch"]), loud)] = None
        else:
            length = (min(end, row.end) - max(int(note["onset"]), row.start)) * page.pixels_per_tick
            groups[loud][_bar(lane, row, x, length, int(note["pitch"]))] = None
    drawn = []
    for loud, shapes in sorted(groups.items()):
        body = element("path", d="".join(shapes)) if lane.track.is_drum else "".join(shapes)
        drawn.append(element("g", body, fill_opacity=f"{OPACITIES[loud]:.2f}".rstrip("0").rstrip(".")))
    return element("g", "".join(drawn), fill=_colour(lane)) if drawn else ""


def _bar(lane: Lane, row: Row, x: float, length: float, pitch: int) -> str:
    """Return one pitched note, at least 3 pixels high and with a gap before the next."""
    height = float(np.clip(lane.step * 1.25, 3.0, 6.5))
    y = row.top + lane.y(pitch) + (lane.step - height) / 2
    length = max(length - (0.8 if length > 3 else 0.2), 0.8)
    return rect(x + 0.3, y, length, height, rx=min(1.6, length / 2))


def _diamond(lane: Lane, row: Row, x: float, pitch: int, loud: int) -> str:
    """Return one drum stroke as a path."""
    kind = drum_class(pitch)
    place = len(lane.drums) - 1 - lane.drums.index(PERCUSSION if kind is None else DRUM_CLASSES[kind])
    y, half = row.top + lane.y(place) + lane.step / 2, 2.3 + 0.4 * loud
    h = number(half)
    return f"M{number(x + 0.6)} {number(y)}l{h} -{h}l{h} {h}l-{h} {h}z"


def _chord_size(score: Score, page: Layout) -> float:
    """Return one size for all chord names, at which three in four have room."""
    if not score.chords:
        return CHORD_SIZE
    rooms = [c.duration * page.pixels_per_tick / text_width(_chord_text(score, c), 1.2) for c in score.chords]
    return float(np.clip(np.quantile(rooms, 0.25), 8.0, CHORD_SIZE))


def _chords(score: Score, page: Layout, row: Row, usual: float) -> Iterator[str]:
    """Yield chord names above a row; one without room shrinks, and one that would still cover another is left out."""
    inside = [c for c in score.chords if c.onset < row.end and c.end > row.start]
    names = [_chord_text(score, c) for c in inside]
    free = 0.0
    for place, (chord, name) in enumerate(zip(inside, names, strict=True)):
        x = page.x(row, max(chord.onset, row.start)) + 2.5
        if x < free or (place and names[place - 1] == name):
            continue
        follows = next((c.onset for c, n in zip(inside[place + 1 :], names[place + 1 :], strict=True) if n != name), row.end)
        size = float(np.clip((page.x(row, follows) - x) / text_width(name, 1.15), 7.0, usual))
        free = x + text_width(name, 1.08 * size)
        if free <= page.width - 4:
            colour = INK if chord.root is not None else FAINT
            yield text(x, row.top - 18, name, font_size=size, font_weight="600", fill=colour)


def _chord_text(score: Score, chord: Chord) -> str:
    """Return a chord's name, with sharps in a key of sharps; unknown qualities are shown as they are."""
    key = score.timeline.key_at(chord.onset)
    try:
        return chord_name(chord.root, chord.quality, chord.bass, sharps=has_sharps(key.tonic, key.mode))
    except InputError:
        return f"{chord_name(chord.root)}{safe(chord.quality)[:8]}"


def _sections(score: Score, page: Layout, row: Row) -> Iterator[str]:
    """Yield section labels over a line as long as the section."""
    y = row.top - (35.0 if score.chords else 18.0)
    for section in score.sections:
        if section.onset < row.end and section.end > row.start:
            left, right = page.x(row, max(section.onset, row.start)), page.x(row, min(section.end, row.end))
            words = fit(safe(section.label), 9.5, max(right - left - 12, 8))
            width = min(text_width(words, 9.5) + 12, right - left)
            yield line([(left + 1, y + 3.5, right - 2, y + 3.5)], stroke="#d9dde6", stroke_width=1.5)
            yield rect(left, y - 9, width, 13, rx=6.5, fill=INK)
            yield text(left + width / 2, y + 1, words, font_size=9.5, font_weight="600", fill="#ffffff", text_anchor="middle")
