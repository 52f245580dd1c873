"""Trained neural instruments to the two files that `boya.sound.neural` plays: 16-bit weights and a card."""

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.errors import ModelError
from boya.evaluation.spectra import spectral_distance
from boya.models.networks.ddsp import Ddsp
from boya.models.networks.wavenet import WaveNet
from boya.sound.neural import ddsp, wavenet
from boya.sound.neural.playing import Wish
from boya.sound.neural.table import taught
from boya.sound.neural.teacher import phase_of
from boya.sound.neural.weights import Network
from boya.training.recipe import Recipe
from boya.training.tones import Tones

__all__ = ["dev_distance", "export_neural", "network_of"]

PLAY: dict[str, Callable[[Network, Wish, int], NDArray[np.float64]]] = {"ddsp": ddsp.play, "wavenet": wavenet.play}


def network_of(network: Ddsp | WaveNet, recipe: Recipe, tones: Tones) -> Network:
    """Return a network as it plays when exported: its weights rounded to 16 bits.

    Raises
    ------
    ModelError
        if a weight does not fit 16 bits.
    """
    arrays = {}
    for name, tensor in network.state_dict().items():
        half = tensor.detach().cpu().numpy().astype(np.float16)
        if not np.isfinite(half).all():
            raise ModelError(f"weights must be finite and below 65504 to be exported; {name} has others. Train again")
        arrays[name] = half.astype(np.float32)
    sizes = {key: value for key, value in asdict(network.settings).items() if isinstance(value, int)}
    card: dict[str, Any] = {
        "family": recipe.family,
        "settings": sizes,
        "parameters": sum(array.size for array in arrays.values()),
        "sample_rate": tones.settings.sample_rate,
        "held": {name: taught()[name].is_held for name in tones.settings.teachers},
        "longest": tones.settings.second,
    }
    if isinstance(network, WaveNet):
        card["phases"] = {name: _phases(tones, number) for number, name in enumerate(tones.settings.teachers)}
    return Network(card | tones.told(tones.settings), arrays)


def dev_distance(network: Ddsp | WaveNet, recipe: Recipe, tones: Tones) -> float:
    """Return how far dev tones, played as a score has them played, are from the teacher's, in decibels."""
    played, rate = network_of(network, recipe, tones), tones.settings.sample_rate
    found = []
    for number in tones.some_dev().tolist():
        row, teacher = tones.rows[number], tones.tone(number)
        name, hertz = tones.settings.teachers[row["instrument"]], 440 * 2 ** ((int(row["pitch"]) - 69) / 12)
        wish = Wish(name, hertz, float(row["force"]), len(teacher), bool(row["is_short"]))
        tone = PLAY[recipe.family](played, wish, rate)
        found.append(spectral_distance(teacher, np.pad(tone, (0, len(teacher) - len(tone)))))
    return float(np.mean(found))


def export_neural(
    network: Ddsp | WaveNet, recipe: Recipe, tones: Tones, folder: Path, name: str, card: Mapping[str, Any]
) -> Path:
    """Write the weights, then the card; return the card's path."""
    played = network_of(network, recipe, tones)
    said = {"name": name, **played.card, "recipe": recipe.as_dict(), "date": datetime.now(UTC).date().isoformat()} | dict(card)
    folder.mkdir(parents=True, exist_ok=True)
    weights, written = folder / f"{name}.npz", folder / f"{name}.json"
    with weights.with_name(f".{weights.name}.part").open("wb") as out:
        halves: dict[str, Any] = {key: array.astype(np.float16) for key, array in played.arrays.items()}
        np.savez_compressed(out, **halves)
    text = re.sub(r"\[[^][{}]*\]", lambda found: " ".join(found.group().split()), json.dumps(said, indent=2))  # a list on a line
    written.with_name(f".{written.name}.part").write_text(text + "\n", encoding="utf-8")
    for path in (weights, written):
        os.replace(path.with_name(f".{path.name}.part"), path)
    return written


def _phases(tones: Tones, number: int) -> list[list[float]]:
    """Return each learnt pitch and the phase, in turns, at which the teacher's long tones begin."""
    rows = tones.rows
    found: list[list[float]] = []
    for pitch in np.unique(rows["pitch"][(rows["instrument"] == number) & ~rows["is_dev"]]).tolist():
        which = np.flatnonzero((rows["instrument"] == number) & (rows["pitch"] == pitch) & ~rows["is_short"])
        hertz = 440 * 2 ** ((pitch - 69) / 12)
        turns = [phase_of(tones.tone(one), hertz, tones.settings.sample_rate)[0] for one in which.tolist()]
        mean = np.angle(np.mean(np.exp(2j * np.pi * np.array(turns)))) / (2 * np.pi)
        found.append([pitch, round(float(mean), 4)])
    return found
