"""Sentences in English and Chinese from templates that are data.

Conventions: a template stands in `data/<table>.toml` under a dotted name, once for each language; a value in braces is a number,
a text, or `Words`, of which each language takes its own. Bars are told from 1, as on paper.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from boya.errors import InputError

__all__ = ["LANGUAGES", "Words", "check_language", "counted", "joined", "listed", "load", "say", "with_article"]

LANGUAGES = ("en", "zh")


@dataclass(frozen=True)
class Words:
    """The same words in English and in Chinese.

    >>> Words("bar", "小节").of("zh")
    '小节'
    """

    en: str
    zh: str

    def of(self, language: str) -> str:
        """Return the words in a language of LANGUAGES."""
        return self.zh if language == "zh" else self.en


def check_language(language: str) -> str:
    """Return the language, or raise.

    >>> check_language("zh")
    'zh'
    """
    if language not in LANGUAGES:
        raise InputError(f"language must be {' or '.join(LANGUAGES)}; got {language!r:.40}")
    return language


@cache
def load(table: str) -> Mapping[str, Any]:
    """Return the table `data/<table>.toml`; read once, not to be changed."""
    return tomllib.loads((files("boya.teaching") / "data" / f"{table}.toml").read_text(encoding="utf-8"))


def say(table: str, name: str, /, **values: object) -> Words:
    """Return a template with its values filled in.

    Parameters
    ----------
    table
        name of the file, without its ending
    name
        dotted name of the template in it
    values
        what stands in its braces

    Raises
    ------
    InputError
        if there is no such template, or it needs a value that was not given.

    Examples
    --------
    >>> say("terms", "bar", number=3)
    Words(en='bar 3', zh='第3小节')
    """
    row: Any = load(table)
    try:
        for part in name.split("."):
            row = row[part]
        filled = {language: _filled(row[language], language, values) for language in LANGUAGES}
    except (KeyError, TypeError) as error:
        raise InputError(f"a sentence must stand in {table}.toml with all its values; got {name!r} ({error})") from error
    return Words(**filled)


def counted(noun: str, count: float) -> Words:
    """Return a number with its noun of `data/terms.toml`, in the singular or the plural.

    >>> counted("semitone", 1).en, counted("semitone", 2)
    ('1 semitone', Words(en='2 semitones', zh='2个半音'))
    """
    return say("terms", f"{noun}.{'one' if count == 1 else 'many'}", count=f"{count:g}")


def with_article(words: Words) -> Words:
    """Return words with their indefinite article, which Chinese has not.

    >>> with_article(Words("augmented fourth", "增四度")).en
    'an augmented fourth'
    """
    return Words(("an " if words.en[:1].lower() in "aeiou" else "a ") + words.en, words.zh)


def listed(words: Sequence[Words | str]) -> Words:
    """Return several words as one enumeration.

    >>> listed([Words("flute", "长笛"), Words("oboe", "双簧管"), Words("horn", "圆号")])
    Words(en='flute, oboe and horn', zh='长笛、双簧管和圆号')
    """
    en, zh = ([w if isinstance(w, str) else w.of(language) for w in words] for language in LANGUAGES)
    if len(words) < 2:
        return Words("".join(en), "".join(zh))
    return Words(f"{', '.join(en[:-1])} and {en[-1]}", f"{'、'.join(zh[:-1])}和{zh[-1]}")


def joined(words: Iterable[Words], between: Words | None = None) -> Words:
    """Return sentences one after the other.

    >>> joined([Words("One.", "一。"), Words("Two.", "二。")])
    Words(en='One. Two.', zh='一。二。')
    """
    between = between or Words(" ", "")
    every = [w for w in words if w.en]
    return Words(between.en.join(w.en for w in every), between.zh.join(w.zh for w in every))


def _filled(template: str, language: str, values: Mapping[str, object]) -> str:
    """A template of one language with its values."""
    return template.format(**{name: v.of(language) if isinstance(v, Words) else v for name, v in values.items()})
