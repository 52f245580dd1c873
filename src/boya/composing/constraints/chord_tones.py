"""On strong beats the accompaniment plays chord notes.

Strong beats are the first and third of a 4/4 bar, where chords of a plan may change. Source: W. Piston, "Harmony", 1941, on
non-harmonic tones. Measured on every sixth 4/4 piece of the band collection's `train` split, share of strong-beat onsets that
are chord notes: chords .964, bass .901, melody .749; so the melody is left free.
"""

import numpy as np

from boya.composing.constraints.rule import Mask, Rule, everything
from boya.composing.plan import STEPS_PER_HALF, Plan
from boya.score import ROLES
from boya.theory.chords import chord_pitch_classes

__all__ = ["RULE", "mask"]

ACCOMPANIMENT = tuple(ROLES.index(role) for role in ("chords", "bass", "pad"))


def mask(plan: Plan) -> Mask:
    """Return True for chord notes on the first and third beat, for all else between. `[shape=(5, steps, 128)]`"""
    result = everything(plan)
    pitch_classes = np.arange(128) % 12
    for half, (root, quality, bass) in enumerate(plan.half_bar_chords):
        if root is not None:
            notes = {*chord_pitch_classes(root, quality), root if bass is None else bass}
            result[ACCOMPANIMENT, half * STEPS_PER_HALF] = np.isin(pitch_classes, list(notes))
    return result


RULE = Rule("chord_tones_on_strong_beats", "chords, bass and pad begin on notes of the chord on the first and third beat", mask)
