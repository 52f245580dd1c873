"""Which instruments have a network, read from `sound/data/neural.toml`, and the live voice that taught each of them."""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from boya.errors import InputError
from boya.sound import patches
from boya.sound.patches import Patch
from boya.sound.voices import VOICES

__all__ = ["Taught", "pupil", "taught"]


@dataclass(frozen=True)
class Taught:
    """An instrument that a network plays.

    Attributes
    ----------
    network
        "ddsp" or "wavenet".
    live
        The teacher.
    pitches
        Lowest and highest MIDI pitch that were learnt.
    """

    name: str
    network: str
    live: Patch
    pitches: tuple[int, int]

    @property
    def is_held(self) -> bool:
        """Whether it sounds as long as the key is down."""
        return VOICES[self.live.voice].is_held


@lru_cache(maxsize=1)
def taught() -> dict[str, Taught]:
    """Return the instruments by name.

    Raises
    ------
    InputError
        if a row of the table has neither a program nor a Chinese instrument.

    Examples
    --------
    >>> taught()["erhu"].network, taught()["guitar"].is_held
    ('ddsp', False)
    """
    text = files("boya.sound").joinpath("data", "neural.toml").read_text(encoding="utf-8")
    found = {}
    for name, row in tomllib.loads(text)["instrument"].items():
        if ("program" in row) == ("chinese" in row):
            raise InputError(f"an instrument of neural.toml must have either a program or a Chinese instrument; look at {name}")
        live = patches.chinese()[row["chinese"]] if "chinese" in row else patches.patch(row["program"])
        found[name] = Taught(name, row["network"], live, (row["pitches"][0], row["pitches"][1]))
    return found


def pupil(live: Patch) -> Taught | None:
    """Return the instrument that a live patch taught, if it taught one.

    >>> pupil(patches.patch(40)).name, pupil(patches.patch(0))
    ('violin', None)
    """
    return next((one for one in taught().values() if one.live == live), None)
