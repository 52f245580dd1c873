"""Look for faults: every rule is a small function, listed here by its name in the table.

faults(score)                                 hard rules of four-part writing, and notes that do not fit
faults(score, rules="all")                    soft ones too
faults(score, rules="parallel-fifths, crossing")
faults(score, rules="species 2")              two voices, the lower in long notes or named by `cantus`
"""

from collections.abc import Callable, Iterable

from boya.errors import InputError
from boya.score import Score
from boya.theory.keys import find_key, parse_key
from boya.theory.voices import chords, counterpoint, melodies, pairs
from boya.theory.voices.faults import Fault, fault_at
from boya.theory.voices.foreign import foreign_notes
from boya.theory.voices.rules import chosen_rules, species_of
from boya.theory.voices.setting import Setting
from boya.theory.voices.spots import Spot
from boya.theory.voices.voices import Voices, voices_of

__all__ = ["CHECKS", "faults", "setting_of"]

CHECKS: dict[str, Callable[[Setting], list[Spot]]] = {
    **pairs.RULES,
    **melodies.RULES,
    **chords.RULES,
    "foreign-note": foreign_notes,
    **counterpoint.RULES,
}


def faults(
    music: Score | Voices,
    rules: str | Iterable[str] = "usual",
    key: str | tuple[int, str] | None = None,
    cantus: int | None = None,
) -> tuple[Fault, ...]:
    """Return the places where rules are broken, in the order of time.

    Parameters
    ----------
    music
        a score of 2 to 8 voices (tracks, or staves of several voices), or voices taken from it before
    rules
        names of rules or sets of rules, see `chosen_rules`
    key
        such as "A minor", or tonic and mode; that of the score, or found from its notes
    cantus
        for counterpoint: the voice with the cantus firmus, 0 the upper, 1 the lower; the one with fewer notes if left out

    Raises
    ------
    InputError
        if the music is not made of voices, a name is unknown, or a species is asked of more than two voices.

    Examples
    --------
    >>> from boya.score import Track, note_array
    >>> tracks = [Track(note_array([(0, 480, p, 80), (480, 480, p + 2, 80)])) for p in (67, 60)]
    >>> [fault.text() for fault in faults(Score(tuple(tracks)), "voices")]  # doctest: +ELLIPSIS
    ['bar 1, beat 2: voice 1 G4 to A4, voice 2 C4 to D4; two voices may not move from one perfect fifth ...']
    """
    chosen = chosen_rules(rules)
    setting = setting_of(music, key, species_of(rules) if any(r.scope == "counterpoint" for r in chosen) else None, cantus)
    if not setting.voices.n_moments:
        return ()
    found = [fault_at(setting, rule, spot) for rule in chosen for spot in CHECKS[rule.name](setting)]
    return tuple(sorted(found, key=lambda fault: (fault.tick, -fault.weight, fault.rule, fault.voices)))


def setting_of(
    music: Score | Voices, key: str | tuple[int, str] | None = None, species: int | None = None, cantus: int | None = None
) -> Setting:
    """Return voices in their key, as the rules look at them; the parameters are those of `faults`."""
    voices = voices_of(music) if isinstance(music, Score) else music
    tonic, mode = _key_of(voices.score, key)
    if species is not None and voices.n_voices != 2:
        raise InputError(f"species counterpoint has two voices; the score has {voices.n_voices}")
    if cantus is None:
        cantus = 0 if len(voices.lines[0].notes) < len(voices.lines[1].notes) else 1
    if not 0 <= cantus < voices.n_voices:
        raise InputError(f"the cantus firmus is voice 0 or 1; got {cantus}")
    return Setting(voices, tonic, mode, species, cantus)


def _key_of(score: Score, key: str | tuple[int, str] | None) -> tuple[int, str]:
    """Tonic and mode: as wished, as written, or as heard."""
    if isinstance(key, str):
        return parse_key(key)
    if key is not None:
        return key
    heard = find_key(score) if "key" in score.timeline.assumed else score.timeline.keys[0]
    return heard.tonic, heard.mode
