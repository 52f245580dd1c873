"""What the items that a pattern took say: a reader for each wish of `data/patterns.toml`.

Conventions: a reader returns names and values of wishes (and the item they came from, where that is not all of them), an empty
list where a plan cannot hold what was said, or None if the items say nothing of the kind, so that another pattern may have
them. Things of the graph stay ids; labels of sections are those of forms.
"""

import re
from collections.abc import Callable, Mapping, Sequence

from boya.composing.words.band_readers import (
    STRONGER,
    Found,
    number_in,
    of_kinds,
    read_absent,
    read_aside,
    read_band,
    read_likes,
)
from boya.composing.words.items import Item, is_form

__all__ = ["READERS"]

QUICKEST_METRE = 24  # "80 拍" is a tempo, "四拍" a metre
MOST_TIMES = 16
_MIDDLE = {"slow": "medium", "fast": "medium", "slowest": "medium", "fastest": "medium", "medium": "medium"}
_DEGREES = ("I", "ii", "iii", "IV", "V", "vi", "viio")


def _label(items: Sequence[Item]) -> str:
    """The section that is spoken of: a named one, or the letter beside "part"; none if there is none."""
    named = of_kinds(items, "section") or (of_kinds(items, "note") if of_kinds(items, "part-word") else [])
    return named[0].value if named else ""


def _seconds(items: Sequence[Item]) -> Found:
    """A length in time: 60 seconds for each minute, and half of what a half follows or goes before."""
    clock = of_kinds(items, "clock")
    if clock:
        minutes, seconds = clock[0].value.split(":")
        return [("seconds", (60.0 * int(minutes) + int(seconds),))]
    total, number, unit, halves = 0.0, None, 0.0, 0
    if items[-1].kind == "number":  # "one minute thirty"
        return [("seconds", (60.0 * number_in(items) + float(items[-1].value),))]
    for item in items:
        if item.kind == "number":
            number = float(item.value)
        elif item.kind == "small-a":
            number = 1.0 if number is None else number
        elif item.kind == "half":
            halves += 1
        elif item.kind in ("unit-minute", "unit-second"):
            unit = 60.0 if item.kind == "unit-minute" else 1.0
            total += unit * (number if number is not None and items[0].kind != "half" else 0)
            number = None
    return [("seconds", (total + halves * unit / 2,))]


def _decade(items: Sequence[Item]) -> Found:
    """ "80s rock" speaks of years, not of seconds: a plan has none."""
    number, unit = number_in(items), of_kinds(items, "unit-second")[0]
    if unit.end - unit.start > 1:
        return None
    return [] if number % 10 == 0 and (50 <= number <= 90 or 1900 <= number < 2100) else None


def _key(items: Sequence[Item]) -> Found:
    """Tonic, mode and scale."""
    if of_kinds(items, "chord"):
        return _key_of_chord(of_kinds(items, "chord")[0].value)
    note = of_kinds(items, "note", "small-note", "small-a")[0].value
    tonic = (
        note[0].upper() + note[1:].replace("♭", "b").replace("♯", "#") + "".join(i.value for i in of_kinds(items, "accidental"))
    )
    mode = "".join(item.value for item in of_kinds(items, "mode"))
    scale = "".join(
        item.value if item.kind == "scale" else f"scale:{item.value}" for item in of_kinds(items, "scale", "gong-tone")
    )
    return [("key", (tonic, mode, scale))]


def _key_of_chord(symbol: str) -> Found:
    """A key written like a chord, as "in F#m"; None for other chords."""
    match = re.fullmatch(r"([A-G][#b]?)(m|min|maj|M)", symbol)
    return None if match is None else [("key", (match[1], "minor" if match[2] in ("m", "min") else "major", ""))]


def _form(items: Sequence[Item]) -> Found:
    """The labels of a form, with their bars where they are said."""
    named = of_kinds(items, "form")
    if named:
        return [("form", (named[0].value,))]
    labels, sizes = _labels_and_sizes(items)
    letters = [label[0] for label in labels if label[0].isupper()]
    is_said = bool(of_kinds(items, "form-word", "form-letters")) or len(labels) > 1
    if not is_said or not is_form(letters) or any(len(i.value) > 1 for i in of_kinds(items, "note")):
        return None
    if len(labels) > 1 and not any(sizes[:-1]) and items[-1].kind == "unit-bar":  # "verse chorus 32 bars"
        return [("form", tuple(labels)), ("bars", (sizes[-1],))]
    return [("form", tuple(f"{label}:{size}" if size else label for label, size in zip(labels, sizes, strict=True)))]


def _labels_and_sizes(items: Sequence[Item]) -> tuple[list[str], list[int]]:
    """The labels of a form and the bars of each, 0 where they are not said: "two 8-bar verses", "chorus (8 bars)"."""
    labels: list[str] = []
    sizes: list[int] = []
    numbers: list[int] = []
    size, before = 0, ""
    for item in items:
        if item.kind == "number" and labels and before in ("colon", "open", "section"):
            sizes[-1] = int(number_in([item]))
        elif item.kind == "number":
            numbers.append(int(number_in([item])))
        elif item.kind == "unit-bar":
            size = numbers.pop() if numbers else 0
        elif item.kind in ("section", "solo", "note", "form-letters"):
            found = re.findall(r"[A-H]'?", item.value) if item.kind == "form-letters" else [item.value]
            times = min(numbers[0], MOST_TIMES) if numbers else 1
            labels += found * times
            sizes += [size] * len(found) * times
            numbers, size = [], 0
        before = item.kind
    return labels, sizes


def _chords(items: Sequence[Item]) -> Found:
    """Chords of the piece, or of a section: symbols and numerals, digits for degrees, or a progression of the graph."""
    label = _label(items)
    items = [item for item in items if item.kind != "note" or item.value != label]
    symbols = of_kinds(items, "chord", "roman", "note", "repeat")
    named = of_kinds(items, "progression")
    if named and not symbols:
        return [("chords", (label, named[0].value))]
    digits = "".join(item.value for item in of_kinds(items, "number"))
    if digits:
        if not re.fullmatch(r"[1-7]{2,32}", digits):
            return None
        return [("chords", (label, " ".join(_DEGREES[int(digit) - 1] for digit in digits)))]
    is_said = bool(label or of_kinds(items, "chords-word"))
    if not is_said and (len(symbols) < 3 and all(item.kind == "note" for item in symbols)):
        return None
    written = of_kinds(items, "chord", "roman", "note", "repeat", "bar-line")
    words = ["|" if item.kind == "bar-line" else item.value for item in written]
    return [("chords", (label, " ".join(words).strip("| ")))]


def _bars(items: Sequence[Item]) -> Found:
    """A number of bars."""
    bars = number_in(items)
    return [("bars", (int(bars),))] if bars == int(bars) else None


def _section_bars(items: Sequence[Item]) -> Found:
    """The bars of a section."""
    return [("section-bars", (_label(items), int(number_in(items))))]


def _bars_each(items: Sequence[Item]) -> Found:
    """The bars of every section."""
    return [("bars-each", (int(number_in(items)),))]


def _letter(items: Sequence[Item]) -> Found:
    """What a section is like that a letter names."""
    return list(read_likes(items, of_kinds(items, "note")[0].value))


def _metre(items: Sequence[Item]) -> Found:
    """A metre."""
    named = of_kinds(items, "metre")
    if named:
        return [("metre", (named[0].value.replace(" ", ""),))]
    beats = int(number_in(items))
    return [("metre", (f"{beats}/{8 if beats in (6, 9, 12) else 4}",))]


def _qpm(items: Sequence[Item]) -> Found:
    """A tempo in quarters where quarters were named, else in beats; "四拍" is a metre."""
    number = number_in(items)
    if not of_kinds(items, "unit-bpm", "tempo-word", "beat") and not 40 <= number <= 240:
        return None
    if number < QUICKEST_METRE and not of_kinds(items, "unit-bpm", "tempo-word"):
        return [("metre", (f"{number:g}/4",))] if number == int(number) and number > 1 else None
    return [("qpm" if any(item.value == "quarter" for item in items) else "beats", (number,))]


def _pace(items: Sequence[Item]) -> Found:
    """Slow or fast."""
    pace = of_kinds(items, "pace")[0].value
    if of_kinds(items, "negation"):
        return [("pace", (_MIDDLE[pace],))]
    return [("pace", (STRONGER.get(pace, pace) if of_kinds(items, "very") else pace,))]


def _section(items: Sequence[Item]) -> Found:
    """What a section is like."""
    return list(read_likes(items, _label(items)))


def _part(items: Sequence[Item]) -> Found:
    """What a part of the band is like."""
    part = of_kinds(items, "lead", "accompaniment", "bass-role")[0].value
    return list(read_likes(items, "", part))


def _everywhere(items: Sequence[Item]) -> Found:
    """What the whole piece is like."""
    return list(read_likes(items, ""))


def _single(wish: str, kind: str) -> Callable[[Sequence[Item]], Found]:
    """A reader of wishes that are one item."""
    return lambda items: [(wish, (of_kinds(items, kind)[0].value,))]


def _scale(items: Sequence[Item]) -> Found:
    """A scale or a mode without a tonic."""
    item = of_kinds(items, "scale", "mode", "gong-tone")[0]
    return [("scale", (f"scale:{item.value}" if item.kind == "gong-tone" else item.value,))]


READERS: Mapping[str, Callable[[Sequence[Item]], Found]] = {
    "decade": _decade,
    "seconds": _seconds,
    "key": _key,
    "form": _form,
    "chords": _chords,
    "section-bars": _section_bars,
    "bars-each": _bars_each,
    "letter": _letter,
    "bars": _bars,
    "metre": _metre,
    "qpm": _qpm,
    "pace": _pace,
    "absent": read_absent,
    "section": _section,
    "part": _part,
    "band": read_band,
    "aside": read_aside,
    "tempo": _single("tempo", "tempo"),
    "arc": _single("arc", "arc"),
    "style": _single("style", "style"),
    "control": _everywhere,
    "mood": _everywhere,
    "scale": _scale,
    "alone": lambda items: [("band", ("only",))],
    "unmet": lambda items: [],
}
