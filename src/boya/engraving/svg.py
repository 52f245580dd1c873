"""Small pieces of SVG text: numbers, safe words, elements. Lengths are pixels."""

import unicodedata
from xml.sax.saxutils import escape, quoteattr

__all__ = ["FONT", "element", "fit", "line", "number", "rect", "safe", "text", "text_width"]

FONT = "system-ui, -apple-system, 'Segoe UI', 'Helvetica Neue', 'Noto Sans', 'DejaVu Sans', sans-serif"
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})  # control, format (text direction), surrogate, private, unassigned


def number(value: float) -> str:
    """Return a length with at most one decimal.

    >>> number(3.0), number(3.14159), number(-0.01)
    ('3', '3.1', '0')
    """
    short = f"{value:.1f}".removesuffix(".0")
    return "0" if short == "-0" else short


def safe(words: str) -> str:
    """Return words on one line without characters that a picture must not hold; markup is left for `text` to escape.

    >>> safe("Pi\\x00ano\\u202e two\\n hands")
    'Piano two hands'
    """
    kept = "".join(" " if c.isspace() else c for c in words[:400] if c.isspace() or unicodedata.category(c) not in HIDDEN)
    return " ".join(kept.split())


def text_width(words: str, size: float) -> float:
    """Return about how wide words are set; east Asian characters are as wide as high."""
    units = sum(1.0 if unicodedata.east_asian_width(c) in "WF" else 0.36 if c in "iljtf.,:;|'! /()" else 0.6 for c in words)
    return units * size


def fit(words: str, size: float, width: float) -> str:
    """Return the words, cut with an ellipsis where they are wider than `width`.

    >>> fit("Violoncello", 10, 30)
    'Viol…'
    """
    if text_width(words, size) <= width:
        return words
    while words and text_width(words + "…", size) > width:
        words = words[:-1]
    return words.rstrip() + "…"


def element(name: str, content: str = "", /, **attributes: str | float) -> str:
    """Return an element; underscores in attribute names become hyphens, numbers get one decimal."""
    parts = [name]
    for key, value in attributes.items():
        shown = value if isinstance(value, str) else number(value)
        parts.append(f"{key.replace('_', '-')}={quoteattr(shown)}")
    return f"<{' '.join(parts)}>{content}</{name}>" if content else f"<{' '.join(parts)}/>"


def text(x: float, y: float, words: str, **attributes: str | float) -> str:
    """Return a line of words, escaped."""
    return element("text", escape(safe(words)) or " ", **{"x": x, "y": y, **attributes})


def rect(x: float, y: float, width: float, height: float, **attributes: str | float) -> str:
    """Return a rectangle."""
    return element("rect", **{"x": x, "y": y, "width": width, "height": height, **attributes})


def line(points: list[tuple[float, float, float, float]], **attributes: str | float) -> str:
    """Return straight lines (x1, y1, x2, y2) as one path; nothing for none."""
    if not points:
        return ""
    shape = "".join(f"M{number(a)} {number(b)}L{number(c)} {number(d)}" for a, b, c, d in points)
    return element("path", **{"d": shape, **attributes})
