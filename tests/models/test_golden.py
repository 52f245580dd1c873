"""What the shipped weights write at a fixed seed, compared with `golden.json`.

A change of the code must not change the music that shipped weights make. When weights are exported anew their music changes, and
the table is written again with

    BOYA_GOLDEN=write python -m pytest tests/models/test_golden.py
"""

import hashlib
import json
import os
from pathlib import Path

import numpy as np
import pytest

from boya.models.gan import Setting
from boya.models.runtime import available, read_card, weights_folder
from boya.representation.grid import FIRST_PITCH
from boya.representation.note_rows import note_rows
from boya.representation.stream import VOCABULARY
from boya.score import Score, Track, note_array

TABLE = Path(__file__).with_name("golden.json")
WRITES = os.environ.get("BOYA_GOLDEN") == "write"
PROMPT = "piece home:0 style:pop mode:major slot:0 program:0 role:melody slot:1 program:33 role:bass bar:0 metre:4/4 tempo:120"
COMMAND = "BOYA_GOLDEN=write python -m pytest tests/models/test_golden.py"


def weights_hash(name):
    """Hash of a model's graphs and statistics; the card may be rewritten without changing music."""
    files = sorted(p for p in weights_folder().glob(f"{name}.*") if p.suffix != ".json")
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]


def music_of_gan(model, shipped):
    written = model.write(shipped.chords_in_c(1, 64), [Setting("pop", "major", 120.0)], np.random.default_rng(7))[0]
    begun = [int(bits).bit_count() for bits in written["chords_onset"]]
    return {"melody": written["melody"].tolist(), "bass": written["bass"].tolist(), "chord notes begun": begun}


def music_of_seq2seq(model, shipped):
    rng = np.random.default_rng(7)
    vectors = model.imagine(1, rng)
    drawn = model.decode(vectors, rng, temperature=0.5)
    again = model.decode(model.encode(drawn))
    return {"drawn": drawn[0, :, :32].tolist(), "reconstructed": again[0, :, :32].tolist()}


def music_of_composer(model, shipped):
    """What it thinks may follow a prompt; draws are left out, as processors round 8-bit products differently."""
    _, logits = model.read(VOCABULARY.read(PROMPT))
    best = np.argsort(-logits[0])[:8]
    return {"likeliest": {VOCABULARY.names[token]: round(float(logits[0, token]), 2) for token in best}}


def heard_by_encoder(model, shipped):
    """What it hears in a tune over chords, in which the processor's rounding counts little."""
    tune = Track(note_array([(480 * n, 480, 72 + step, 80) for n, step in enumerate((0, 4, 7, 4, 5, 2, 0, 0))]))
    chords = Track(note_array([(960 * n, 960, pitch, 60) for n in range(4) for pitch in (48, 52, 55)]), program=48)
    rows = note_rows(Score((tune, chords)))
    rounded = [[round(float(value), 2) for value in values] for values in (model.parts(rows)[:, 1], model.vector(rows)[:16])]
    return dict(zip(("melody", "vector"), rounded, strict=True))


MUSIC = {"composer": music_of_composer, "encoder": heard_by_encoder, "gan": music_of_gan, "seq2seq": music_of_seq2seq}


@pytest.mark.parametrize("name", available())
def test_shipped_weights_write_the_same_music(name, shipped):
    found = {"weights": weights_hash(name), **MUSIC[read_card(name)["family"]](shipped.load(name), shipped)}
    known = json.loads(TABLE.read_text(encoding="utf-8"))
    if WRITES:
        lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in sorted((known | {name: found}).items())]
        TABLE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
        return
    assert name in known, f"{name} is new; write its music down with: {COMMAND}"
    assert known[name]["weights"] == found["weights"], f"the weights of {name} changed; if that is meant: {COMMAND}"
    if "likeliest" in found:
        assert found["likeliest"] == pytest.approx(known[name]["likeliest"], abs=0.3)
        return
    if "vector" in found:
        for what in ("melody", "vector"):
            assert found[what] == pytest.approx(known[name][what], abs=0.05)
        return
    assert known[name] == found, f"the same weights of {name} write other music: the code that runs them changed"


def test_the_table_names_no_model_that_is_gone():
    assert set(json.loads(TABLE.read_text(encoding="utf-8"))) <= set(available())


def test_golden_music_is_music():
    for entry in json.loads(TABLE.read_text(encoding="utf-8")).values():
        if "vector" in entry:
            assert np.mean(entry["melody"]) < 1
            continue
        if "likeliest" in entry:
            assert all(name.startswith(("slot:", "chord:")) for name in list(entry["likeliest"])[:3])
            continue
        line = entry["melody"] if "melody" in entry else entry["drawn"][0]
        assert sum(token >= FIRST_PITCH for token in line) >= 2
