"""Whole numbers in words, English and Chinese.

Conventions: tokens are single words or single Chinese characters, in lower case; English goes to thousands ("one hundred and
twenty-eight"), Chinese to thousands as well ("三十二", "一百二十八", "两"), also digit by digit ("一二八").
"""

from collections.abc import Sequence

__all__ = ["number_at"]

_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ENGLISH = {
    **{word: value for value, word in enumerate(_ONES)},
    **{word: 10 * (place + 2) for place, word in enumerate(_TENS)},
    **{"dozen": 12, "couple": 2},
}
_DIGITS = {
    **dict(zip("零一二三四五六七八九", range(10), strict=True)),
    **{"〇": 0, "两": 2, "俩": 2, "壹": 1, "贰": 2, "叁": 3},
}
_PLACES = {"十": 10, "百": 100, "千": 1000}


def number_at(tokens: Sequence[str], start: int) -> tuple[float, int] | None:
    """Return the number that begins at a token, and how many tokens it has; None where none begins.

    Examples
    --------
    >>> number_at(["thirty", "-", "two", "bars"], 0), number_at(list("三十二小节"), 0), number_at(["bars"], 0)
    ((32.0, 3), (32.0, 3), None)
    """
    word = tokens[start]
    if word[0].isdigit() and word.isascii():
        return float(word), 1
    if word in _DIGITS or word in _PLACES:
        return _chinese(tokens, start)
    return _english(tokens, start) if word in _ENGLISH else None


def _chinese(tokens: Sequence[str], start: int) -> tuple[float, int]:
    """A number in Chinese characters."""
    end = start
    while end < len(tokens) and (tokens[end] in _DIGITS or tokens[end] in _PLACES) and end - start < 9:
        end += 1
    run = tokens[start:end]
    if not any(sign in _PLACES for sign in run):
        return float("".join(str(_DIGITS[sign]) for sign in run)), len(run)
    total, digit = 0, 1
    for sign in run:
        if sign in _PLACES:
            total += digit * _PLACES[sign]
            digit = 0
        else:
            digit = _DIGITS[sign]
    return float(total + digit), len(run)


def _english(tokens: Sequence[str], start: int) -> tuple[float, int]:
    """A number in English words."""
    total, end, last = _ENGLISH[tokens[start]], start + 1, _ENGLISH[tokens[start]]
    while end < len(tokens):
        joined = end + (tokens[end] in ("-", "and"))
        word = tokens[joined] if joined < len(tokens) else ""
        if word == "hundred" and 0 < total < 10:
            total, last = 100 * total, 100
        elif word in _ENGLISH and _ENGLISH[word] < last and last >= 20 and (last == 100 or _ENGLISH[word] < 10):
            last = _ENGLISH[word]
            total += last
        else:
            break
        end = joined + 1
    return float(total), end - start
