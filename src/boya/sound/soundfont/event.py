"""What SoundFont players are told: keys of channels at frames of the sound."""

from typing import NamedTuple

__all__ = ["DRUM_CHANNEL", "Event"]

DRUM_CHANNEL = 9


class Event(NamedTuple):
    """What happens on a channel at a frame: kind -1 sets the program `value`, 0 ends and 1 begins the pitch `value`."""

    frame: int
    kind: int
    channel: int
    value: int
    velocity: int
