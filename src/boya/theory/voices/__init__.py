"""Voice leading, counterpoint and four-part harmony: what breaks the rules, how to repair it, and music that cannot break them.

    faults(score)                         where rules are broken: bar, beat, voices, in English and Chinese
    repair(score, fault)                  the smallest change that takes a fault away
    realise("I IV V7 I", "C")             a progression for four voices, the best of all legal settings
    harmonise_melody(score, "G minor")    chords and voices for a melody, with a reason for each chord

The rules are a table (`data/rules.toml`, each with its source) and a small function each.
"""

from boya.theory.voices.checking import faults
from boya.theory.voices.faults import Fault, pitch_name
from boya.theory.voices.harmony import harmonise_melody, realise
from boya.theory.voices.reasons import Harmony, Reason
from boya.theory.voices.repairing import Repair, find_repair, repair, repair_all
from boya.theory.voices.rules import Rule, chosen_rules, rules
from boya.theory.voices.voices import Line, Voices, voices_of

__all__ = [
    "Fault",
    "Harmony",
    "Line",
    "Reason",
    "Repair",
    "Rule",
    "Voices",
    "chosen_rules",
    "faults",
    "find_repair",
    "harmonise_melody",
    "pitch_name",
    "realise",
    "repair",
    "repair_all",
    "rules",
    "voices_of",
]
