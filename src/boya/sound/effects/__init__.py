"""Sound effects for games: drawn from a seed, changed a little, in the key and tempo of a piece."""

from boya.sound.effects.effect import effect
from boya.sound.effects.recipe import LOCKS, effect_kinds

__all__ = ["LOCKS", "effect", "effect_kinds"]
