"""Which pieces stay: a table of rules, each with a short reason that is counted for every piece it refuses.

The rules look at notes only, so they hold for every source. The first rule that a piece breaks names the reason.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from boya.score import Score, note_ends

__all__ = ["REASONS", "RULES", "Limits", "find_fault"]


@dataclass(frozen=True)
class Limits:
    """How small, large or dense a piece may be."""

    n_notes: int = 16  # fewer notes teach nothing
    n_notes_most: int = 200_000  # more is no piece of music
    n_bars: int = 2  # shorter is a fragment
    length_second: float = 4 * 3600.0  # longer than any single work of the repertoire
    notes_per_second: float = 150.0  # denser is "black MIDI", made to be looked at
    n_pitches: int = 2  # fewer distinct pitches are a test tone
    note_bars: float = 64.0  # a longer single note is a stuck key
    empty_share: float = 0.75  # a larger share of empty bars is a broken export
    has_drums_only: bool = True  # whether pieces of drums alone stay


Rule = Callable[[Score, Limits], str]


def find_fault(score: Score, limits: Limits | None = None) -> tuple[str, str] | None:
    """Return the first rule a piece breaks as (reason, what was found), or None when it is fine.

    Examples
    --------
    >>> find_fault(Score())
    ('no_notes', '0 notes')
    """
    limits = limits or Limits()
    for reason, rule in RULES.items():
        found = rule(score, limits)
        if found:
            return reason, found
    return None


def _no_notes(score: Score, limits: Limits) -> str:
    """Nothing sounds."""
    return "" if score.n_notes else "0 notes"


def _no_pitched_notes(score: Score, limits: Limits) -> str:
    """Only drums sound, where that is not wanted."""
    has_pitched = any(t.n_notes for t in score.tracks if not t.is_drum)
    return "" if has_pitched or limits.has_drums_only else "drums only"


def _too_few_notes(score: Score, limits: Limits) -> str:
    """Hardly anything sounds."""
    return f"{score.n_notes} notes" if score.n_notes < limits.n_notes else ""


def _too_many_notes(score: Score, limits: Limits) -> str:
    """More notes than music has."""
    return f"{score.n_notes} notes" if score.n_notes > limits.n_notes_most else ""


def _too_long(score: Score, limits: Limits) -> str:
    """Longer than any work."""
    return f"{score.length_second:.0f} s" if score.length_second > limits.length_second else ""


def _too_short(score: Score, limits: Limits) -> str:
    """A fragment."""
    return f"{score.n_bars} bars" if score.n_bars < limits.n_bars else ""


def _one_pitch(score: Score, limits: Limits) -> str:
    """A test tone or a click track."""
    n_pitches = len(np.unique(np.concatenate([t.notes["pitch"] for t in score.tracks])))
    return f"{n_pitches} distinct pitches" if n_pitches < limits.n_pitches else ""


def _too_dense(score: Score, limits: Limits) -> str:
    """Made to be looked at."""
    rate = score.n_notes / max(score.length_second, 1.0)
    return f"{rate:.0f} notes a second" if rate > limits.notes_per_second else ""


def _stuck_note(score: Score, limits: Limits) -> str:
    """A key that was never released."""
    longest = max(int(t.notes["duration"].max(initial=0)) for t in score.tracks)
    bars = longest / score.timeline.metres[0].ticks_per_bar
    return f"a note of {bars:.0f} bars" if bars > limits.note_bars else ""


def _mostly_empty(score: Score, limits: Limits) -> str:
    """Hardly any bar has a note."""
    starts = score.timeline.bar_starts(score.end)
    first = np.searchsorted(starts, np.concatenate([t.notes["onset"] for t in score.tracks]), side="right") - 1
    last = np.searchsorted(starts, np.concatenate([note_ends(t.notes) - 1 for t in score.tracks]), side="right") - 1
    change = np.bincount(first, minlength=len(starts) + 1) - np.bincount(last + 1, minlength=len(starts) + 1)
    empty = float(np.mean(np.cumsum(change)[:-1] == 0))
    return f"{empty:.0%} of the bars are empty" if empty > limits.empty_share else ""


RULES: dict[str, Rule] = {
    "no_notes": _no_notes,
    "no_pitched_notes": _no_pitched_notes,
    "too_few_notes": _too_few_notes,
    "too_many_notes": _too_many_notes,
    "too_long": _too_long,
    "too_short": _too_short,
    "one_pitch": _one_pitch,
    "too_dense": _too_dense,
    "stuck_note": _stuck_note,
    "mostly_empty": _mostly_empty,
}

# Every reason a manifest may count, in the words of a person.
REASONS: dict[str, str] = {
    "unsafe_path": "its name in the archive leaves the archive",
    "not_a_plain_file": "a link or device, not a file",
    "too_large_file": "larger than the limit on one file",
    "unreadable": "its bytes are not what its format asks for",
    "format_not_read": "a format Boya does not read",
    "not_in_catalog": "a file the catalogue does not name",
    "missing_file": "named in the catalogue, but not there",
    "duplicate_bytes": "the same bytes as an earlier piece",
    "duplicate_music": "the same tune as an earlier piece (only when asked for)",
    "work_in_two_splits": "given to train, but its work or tune is also in valid or test",
    "no_notes": "no notes",
    "no_pitched_notes": "drums only, where that is not wanted",
    "too_few_notes": "too few notes",
    "too_many_notes": "too many notes",
    "too_long": "longer than any work",
    "too_short": "shorter than two bars",
    "one_pitch": "one pitch only",
    "too_dense": "more notes a second than anyone plays",
    "stuck_note": "a note that never ends",
    "mostly_empty": "hardly any bar has a note",
}
