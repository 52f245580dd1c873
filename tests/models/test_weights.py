"""The contract of every shipped model: what its card says, that its graphs load, and what happens when files are damaged."""

import json
import shutil

import numpy as np
import pytest

from boya.composing.request import METRE
from boya.errors import ModelError
from boya.models.gan import Gan, Setting
from boya.models.layout import FRAME_WIDTHS, MASK_WIDTHS, ORDER
from boya.models.runtime import available, graphs, read_card, weights_folder
from boya.models.seq2seq import Seq2Seq
from boya.representation.note_rows import FIELDS
from boya.representation.stream import VOCABULARY
from boya.theory.styles import styles
from boya.training.vocabulary import vocabulary_hash

COMPOSING_NEEDS = ("composer", "gan", "seq2seq-melody-2", "seq2seq-melody-16", "seq2seq-trio-16")
MOST_MEGABYTES = 40
PARTS = {
    "composer": {"decoder"},
    "encoder": {"hear"},
    "gan": {"condition", "context", "step"},
    "seq2seq": {"encode", "conductor", "write"},
}


@pytest.mark.parametrize("name", COMPOSING_NEEDS)
def test_composing_finds_its_models(name, shipped):
    if name not in available():
        pytest.skip(f"{name} has not been exported yet")
    assert shipped.load(name).card["name"] == name


def test_all_weights_together_are_small():
    sizes = {path.name: path.stat().st_size for path in weights_folder().iterdir()}
    assert sum(sizes.values()) <= MOST_MEGABYTES * 1e6, sizes


@pytest.mark.parametrize("name", available())
def test_a_card_says_what_the_model_is(name, shipped):
    card = read_card(name)
    assert card["name"] == name
    assert card["family"] in shipped.families
    assert card["parameters"] > 100_000
    assert card["recipe"]
    assert card["data"]
    for source in card["data"]:
        for field in ("collection", "split", "licence", "citation"):
            assert source[field], f"{name}: {source} lacks {field}"
        assert source["split"] == "train"
    if card["family"] == "composer":
        assert card["vocabulary_hash"] == VOCABULARY.hash
    elif card["family"] == "encoder":
        assert card["fields"] == FIELDS
    else:
        assert card["vocabulary_hash"] == vocabulary_hash(ORDER if card["family"] == "gan" else card["settings"]["tracks"])


@pytest.mark.parametrize("name", available())
def test_graphs_stand_beside_each_card_and_load(name):
    card = read_card(name)
    found = graphs(name)
    assert set(found) == PARTS[card["family"]]
    assert all(graph.inputs for graph in found.values())
    assert graphs(name) is found


def test_no_graph_is_without_a_card():
    names = {path.name.split(".")[0] for path in weights_folder().iterdir() if path.suffix in (".onnx", ".npz")}
    assert names == set(available())


def test_the_gan_knows_every_style_that_can_be_asked_for(shipped):
    for name in shipped.of_family("gan"):
        assert {style.name for style in styles() if style.metre == METRE} <= set(shipped.load(name).styles)


def test_widths_agree():
    assert set(FRAME_WIDTHS) == set(MASK_WIDTHS) == set(ORDER)


@pytest.fixture
def copied(tmp_path):
    """The weights of the GAN and of the two-bar seq2seq, to be damaged."""
    for path in weights_folder().iterdir():
        if path.name.startswith(("gan.", "seq2seq-melody-2.")):
            shutil.copy(path, tmp_path)
    return tmp_path


def test_an_unknown_model_is_named_with_the_known(tmp_path):
    with pytest.raises(ModelError, match="no model 'gann' here; available: composer, encoder, gan"):
        Gan("gann")
    with pytest.raises(ModelError, match="available: none"):
        Gan("gan", tmp_path)


def test_a_model_of_another_family():
    with pytest.raises(ModelError, match="'seq2seq-melody-2' is a seq2seq model, not a gan"):
        Gan("seq2seq-melody-2")
    with pytest.raises(ModelError, match="'gan' is a gan model, not a seq2seq"):
        Seq2Seq("gan")


@pytest.mark.parametrize(
    "text", [b"", b"{", b"[]", b"\xff\xfe", b'"gan"', b"{}", b'{"family": "gan", "settings": 3}', b"[" * 10**5]
)
@pytest.mark.parametrize(("make", "name"), [(Gan, "gan"), (Seq2Seq, "seq2seq-melody-2")])
def test_a_damaged_card(copied, make, name, text):
    (copied / f"{name}.json").write_bytes(text)
    with pytest.raises(ModelError, match=rf"the card {name}.json .* export the model again"):
        make(name, copied)


@pytest.mark.parametrize("field", ["settings", "styles", "hidden", "noise", "tracks", "segments", "latent"])
def test_a_card_that_lacks_something(copied, field):
    name = "gan" if field in ("settings", "styles", "hidden", "noise") else "seq2seq-melody-2"
    card = json.loads((copied / f"{name}.json").read_text())
    (card if field in card else card["settings"]).pop(field)
    (copied / f"{name}.json").write_text(json.dumps(card))
    with pytest.raises(ModelError, match=r"must (name|be an object)"):
        (Gan if name == "gan" else Seq2Seq)(name, copied)


@pytest.mark.parametrize(
    "file",
    ["gan.step.onnx", "gan.context.onnx", "seq2seq-melody-2.write.onnx", "seq2seq-melody-2.encode.onnx", "seq2seq-melody-2.npz"],
)
@pytest.mark.parametrize("damage", ["gone", "empty", "cut", "noise"])
def test_damaged_weights(copied, file, damage):
    path = copied / file
    whole = path.read_bytes()
    path.unlink()
    if damage != "gone":
        path.write_bytes({"empty": b"", "cut": whole[: len(whole) // 2], "noise": bytes(range(256)) * 99}[damage])
    with pytest.raises(ModelError, match="install Boya again or export"):
        (Gan if file.startswith("gan") else Seq2Seq)(file.split(".")[0], copied)


def test_statistics_of_another_model(copied):
    np.savez(copied / "seq2seq-melody-2.npz", mean=np.zeros(3), factor=np.eye(3))
    with pytest.raises(ModelError, match="belongs to another model"):
        Seq2Seq("seq2seq-melody-2", copied)


def test_graphs_of_another_model(copied, shipped):
    card = json.loads((copied / "gan.json").read_text())
    card["settings"]["hidden"] += 1
    (copied / "gan.json").write_text(json.dumps(card))
    damaged = Gan("gan", copied)
    with pytest.raises(ModelError, match=r"gan.step.onnx does not fit its card"):
        damaged.write(shipped.chords_in_c(), [Setting("jazz")], np.random.default_rng(0))
