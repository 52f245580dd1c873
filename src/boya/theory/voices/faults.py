"""What a check finds: a place where a rule is broken, in words that a musician can use.

Conventions: bars are counted from 0 in values and from 1 in words; a beat is counted from 1 in its bar.
"""

from dataclasses import dataclass, field

from boya.score import MINOR_MODES
from boya.theory.keys import key_name
from boya.theory.voices.rules import Rule
from boya.theory.voices.setting import Setting, interval_on_fifths
from boya.theory.voices.spots import Spot
from boya.theory.voices.voices import SILENT

__all__ = ["Fault", "fault_at", "pitch_name"]

_FIFTHS = "FCGDAEB"
_ZH = {"soprano": "女高音", "alto": "女低音", "tenor": "男高音", "bass": "男低音"}


@dataclass(frozen=True)
class Fault:
    """A broken rule.

    Attributes
    ----------
    rule, severity, weight
        its name, hard or soft, and how much it counts
    bar, beat, tick
        where it shows: bar from 0, beat from 1, tick of the score
    voices
        names of the voices, highest first
    notes
        track and row in the track of every note that takes part
    explanation, explanation_zh
        what happens there and what the rule asks for, in English and in Chinese
    """

    rule: str
    severity: str
    weight: float
    bar: int
    beat: float
    tick: int
    voices: tuple[str, ...]
    notes: tuple[tuple[int, int], ...]
    explanation: str = field(compare=False)
    explanation_zh: str = field(compare=False)

    def text(self, language: str = "en") -> str:
        """Return the fault as one line, in English (en) or Chinese (zh)."""
        if language == "zh":
            return f"第{self.bar + 1}小节第{self.beat:g}拍：{self.explanation_zh}"
        return f"bar {self.bar + 1}, beat {self.beat:g}: {self.explanation}"


def pitch_name(pitch: int, tonic: int = 0, mode: str = "major") -> str:
    """Return the name of a pitch as a key spells it, 60 = C4.

    >>> pitch_name(60), pitch_name(70), pitch_name(68, 9), pitch_name(71, 10, "minor")
    ('C4', 'Bb4', 'G#4', 'Cb5')
    """
    home = key_name(tonic, mode)
    at = (
        _FIFTHS.index(home[0])
        + 7 * (home[1] == "#")
        - 7 * (home[1] == "b")
        + interval_on_fifths(12 + tonic, 12 + tonic + (pitch - tonic) % 12, tonic, mode in MINOR_MODES)
    )
    mark, letter = divmod(at, 7)
    octave = (pitch - mark) // 12 - 1
    return f"{_FIFTHS[letter]}{'#' * mark}{'b' * -mark}{octave}"


def fault_at(setting: Setting, rule: Rule, spot: Spot) -> Fault:
    """Return the fault that a spot is."""
    voices = setting.voices
    first = max(spot.moment - 1, 0) if spot.since is None else spot.since
    bar, beat = voices.place[spot.moment]
    sounding = {(v, int(voices.note[m, v])) for v in spot.voices for m in (first, spot.moment) if voices.note[m, v] >= 0}
    notes = tuple((voices.lines[v].track, int(voices.lines[v].rows[row])) for v, row in sorted(sounding))
    names = tuple(voices.lines[v].name for v in spot.voices)
    en, zh = _told(setting, spot, first)
    tick = int(voices.ticks[spot.moment])
    told = f"{en}; {rule.en}", f"{zh}；{rule.zh}"
    return Fault(rule.name, rule.severity, rule.weight, bar, beat, tick, names, notes, *told)


def _told(setting: Setting, spot: Spot, first: int) -> tuple[str, str]:
    """What the voices do from one moment to the other."""
    en, zh, voices = [], [], setting.voices

    def named(pitch: int) -> str:
        return pitch_name(pitch, setting.tonic, setting.mode)

    for voice in spot.voices:
        name = voices.lines[voice].name
        before, after = int(voices.pitch[first, voice]), int(voices.pitch[spot.moment, voice])
        here = "-" if after == SILENT else named(after)
        if before in (SILENT, after):
            en.append(f"{name} {here}")
            zh.append(f"{_ZH.get(name, name)} {here}")
        else:
            en.append(f"{name} {named(before)} to {here}")
            zh.append(f"{_ZH.get(name, name)} {named(before)}到{here}")
    return ", ".join(en), "，".join(zh)
