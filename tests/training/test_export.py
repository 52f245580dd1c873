"""Exported graphs give what torch gives, for any batch, and their card says what they are."""

import json

import numpy as np
import pytest
import torch

from boya.errors import ModelError
from boya.models.networks.gan_generator import FRAME_WIDTHS, MASK_WIDTHS, MEMORY, Generator, GeneratorSettings
from boya.models.networks.seq2seq import Seq2SeqNetwork, Seq2SeqSettings
from boya.models.runtime import Graph
from boya.training.export import export_gan, export_seq2seq
from boya.training.rounding import rounded

CELLS = ("lstm", "gru")
WIDTH = sum(FRAME_WIDTHS.values())


def trio(cell):
    torch.manual_seed(3)
    settings = Seq2SeqSettings(
        tracks=("melody", "bass"),
        vocabulary=(50, 50),
        segments=2,
        segment_steps=4,
        cell=cell,
        embedding=8,
        encoder=8,
        step=4,
        slot=6,
        latent=10,
        conductor=8,
        decoder=12,
    )
    return Seq2SeqNetwork(settings)


def band(cell):
    torch.manual_seed(4)
    generator = Generator(
        GeneratorSettings(cell=cell, hidden=16, frame=12, context=8, condition=8, noise=4, styles=3, drum_sets=6)
    )
    generator.drum_sets.copy_((torch.rand(6, 9) < 0.3).float())
    return generator


def close(found, wanted):
    assert len(found) == len(wanted)
    for a, b in zip(found, wanted, strict=True):
        assert a.shape == tuple(b.shape)
        np.testing.assert_allclose(a, b.detach().numpy(), atol=1e-4)


@pytest.mark.parametrize("cell", CELLS)
def test_seq2seq_graphs_agree_with_torch(tmp_path, cell):
    network = trio(cell)
    export_seq2seq(network, tmp_path, "trio", {})
    exact = rounded(network)
    graph = {part: Graph(tmp_path / f"trio.{part}.onnx") for part in ("encode", "conductor", "write")}
    for batch in (1, 2, 5):
        phrase = torch.randint(0, 51, (batch, 2, 8))
        close(graph["encode"](phrase=phrase.numpy()), exact.encode(phrase))
        latent = torch.randn(batch, 10)
        close(graph["conductor"](latent=latent.numpy()), exact.unroll(latent))
        token, place = torch.randint(0, 51, (batch, 2)), torch.randint(0, 4, (batch,))
        vector, state = torch.randn(batch, 8), torch.randn(2 if cell == "lstm" else 1, batch, 12)
        found = graph["write"](token=token.numpy(), place=place.numpy(), vector=vector.numpy(), state=state.numpy())
        close(found, exact.write_step(token, place, vector, state))


def test_writing_step_by_step_is_rewrite(tmp_path):
    network = trio("lstm")
    latent = torch.randn(3, 10)
    exact = rounded(network)
    export_seq2seq(network, tmp_path, "trio", {})
    conductor, write = (Graph(tmp_path / f"trio.{part}.onnx") for part in ("conductor", "write"))
    vectors, state = conductor(latent=latent.numpy())
    token, written = np.tile([50, 50], (6, 1)), []
    for step in range(4):
        *logits, state = write(token=token, place=np.full(6, step), vector=vectors[:, step], state=state)
        token = np.stack([track.argmax(-1) for track in logits], axis=-1)
        written.append(token)
    found = np.stack(written, axis=-1).reshape(3, 2, 2, 4).transpose(0, 2, 1, 3).reshape(3, 2, 8)
    np.testing.assert_array_equal(found, exact.rewrite(latent).numpy())


@pytest.mark.parametrize("cell", CELLS)
def test_gan_graphs_agree_with_torch(tmp_path, cell):
    generator = band(cell)
    export_gan(generator, tmp_path, "band", {"styles": ["jazz", "rock"]})
    exact = rounded(generator)
    graph = {part: Graph(tmp_path / f"band.{part}.onnx") for part in ("context", "condition", "step")}
    for batch, steps in ((1, 5), (3, 64)):
        harmony, given, flags = torch.rand(batch, steps, 38), torch.rand(batch, steps, WIDTH), torch.rand(batch, 5).round()
        found = graph["context"](harmony=harmony.numpy(), given=given.numpy(), is_given=flags.numpy())
        close(found, [exact.context(harmony, given, flags)])
        style, mode, tempo = (torch.randint(0, n, (batch,)) for n in (2, 2, 4))
        noise = torch.randn(batch, 4)
        found = graph["condition"](style=style.numpy(), mode=mode.numpy(), tempo=tempo.numpy(), noise=noise.numpy())
        close(found, [exact.condition(style, mode, tempo, noise)])

    steps_agree(exact, graph["step"])


def steps_agree(exact, step):
    for batch in (1, 4):
        frame, state = torch.zeros(batch, WIDTH), exact.first_state(batch)
        for place in range(6):
            inputs = {
                "before": frame,
                "memory": (torch.rand(batch, MEMORY) < 0.1).float(),
                "state": state,
                "context": torch.randn(batch, 16),
                "condition": torch.randn(batch, 8),
                "place": torch.full((batch,), place),
                "noise": torch.randn(batch, sum(exact.noise_widths.values())),
                "mask": torch.where(torch.rand(batch, sum(MASK_WIDTHS.values())) < 0.5, 0.0, -1e4),
                "given": (torch.rand(batch, WIDTH) < 0.1).float(),
                "is_given": torch.tensor([[0.0, 0, 0, 1, 0]]).expand(batch, -1),
            }
            found = step(**{key: value.numpy() for key, value in inputs.items()})
            with torch.no_grad():
                frame, state = exact.step(**inputs)
            close(found, [frame, state])
            assert set(np.unique(found[0])) <= {0.0, 1.0}


def test_files_are_half_the_size_and_the_card_speaks(tmp_path):
    network = Seq2SeqNetwork(Seq2SeqSettings(embedding=16, encoder=64, decoder=96, conductor=64, latent=32))
    path = export_seq2seq(network, tmp_path, "melody-2", {"recipe": "seq2seq-melody-2", "figures": {"accuracy": 0.9}})
    card = json.loads(path.read_text())
    assert card["name"] == "melody-2"
    assert card["family"] == "seq2seq"
    assert card["settings"]["decoder"] == 96
    assert card["parameters"] == sum(p.numel() for p in network.parameters())
    assert card["figures"] == {"accuracy": 0.9}
    assert len(card["vocabulary_hash"]) == 16
    size = sum(p.stat().st_size for p in tmp_path.glob("*.onnx"))
    assert size < 2.3 * card["parameters"]
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        f"melody-2.{end}" for end in ("conductor.onnx", "encode.onnx", "json", "write.onnx")
    ]
    assert network.training


def test_an_export_that_cannot_be_leaves_nothing(tmp_path):
    network = trio("gru")
    with torch.no_grad():
        network.to_latent.weight[0, 0] = 1e6
    with pytest.raises(ModelError, match="below 65504"):
        export_seq2seq(network, tmp_path, "trio", {})
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ModelError, match="1 to 3 styles"):
        export_gan(band("gru"), tmp_path, "band", {"styles": []})
