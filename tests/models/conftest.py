"""The shipped models by name, loaded once, and phrases to try them with."""

from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest

from boya.models.composer import Composer
from boya.models.encoder import Encoder
from boya.models.gan import Gan
from boya.models.runtime import available, read_card
from boya.models.seq2seq import Seq2Seq
from boya.representation.frames import FRAME_DTYPE
from boya.representation.grid import HOLD, LINE_WINDOWS

FAMILIES = {"composer": Composer, "encoder": Encoder, "gan": Gan, "seq2seq": Seq2Seq}


@cache
def load(name):
    return FAMILIES[read_card(name)["family"]](name)


def of_family(family):
    """Names of the shipped models of a family."""
    return [name for name in available() if read_card(name)["family"] == family]


def some_frames(seed, n_phrases, n_steps):
    """Frames in which everything happens: any tokens of the windows, any sets, any chords."""
    rng = np.random.default_rng(seed)
    made = np.zeros((n_phrases, n_steps), dtype=FRAME_DTYPE)
    for role, (low, _) in LINE_WINDOWS.items():
        tokens = rng.integers(0, 50, made.shape)
        made[role] = np.where(tokens > HOLD, tokens + low, tokens)
    for role in ("chords", "pad"):
        made[role] = rng.integers(0, 1 << 48, made.shape)
        made[f"{role}_onset"] = made[role] & rng.integers(0, 1 << 48, made.shape, dtype=np.uint64)
    made["drums"] = rng.integers(0, 512, made.shape)
    made["root"] = made["root_bass"] = rng.integers(-1, 12, made.shape)
    made["chroma"] = rng.integers(0, 4096, made.shape)
    return made


def chords_in_c(n_phrases=1, n_steps=32):
    """Frames with the chord of C and nothing else."""
    made = np.zeros((n_phrases, n_steps), dtype=FRAME_DTYPE)
    made["chroma"] = 1 << 0 | 1 << 4 | 1 << 7
    return made


@pytest.fixture(scope="session")
def shipped():
    return SimpleNamespace(load=load, of_family=of_family, some_frames=some_frames, chords_in_c=chords_in_c, families=FAMILIES)
