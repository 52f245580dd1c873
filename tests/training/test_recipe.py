"""Recipes: each shipped one is read, mistakes are named."""

from pathlib import Path

import pytest

from boya.errors import ModelError
from boya.training.recipe import FAMILIES, read_recipe, recipe_of, shipped_recipes


@pytest.mark.parametrize("is_gpu", [False, True])
@pytest.mark.parametrize("name", shipped_recipes())
def test_shipped_recipes_are_read(name, is_gpu):
    recipe = read_recipe(name, is_gpu=is_gpu)
    assert recipe.name == name
    assert set(recipe.tables) == set(FAMILIES[recipe.family])
    assert recipe_of(recipe.as_dict()) == recipe
    if "smoke" not in name and is_gpu:
        assert recipe.loop.batch > read_recipe(name).loop.batch
    if recipe.family == "seq2seq":
        settings = recipe.tables["network"]
        assert settings.segments * settings.segment_steps == 16 * recipe.data.bars
        assert settings.variational != name.endswith("plain")
    if recipe.family == "gan":
        parent = read_recipe(recipe.tables["adversarial"].start_from, is_gpu=is_gpu)
        assert parent.tables["network"] == recipe.tables["network"]


def test_every_family_has_a_recipe_and_a_smoke_recipe():
    names = shipped_recipes()
    assert {read_recipe(name).family for name in names if "smoke" not in name} == set(FAMILIES)
    assert {read_recipe(name).family for name in names if "smoke" in name} == set(FAMILIES)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('family = "gan"\n[loop]\nbach = 3', r"unknown field 'bach' in \[loop\]; did you mean 'batch'"),
        ('family = "gan"\n[lop]\nbatch = 3', r"unknown table \[lop\]; did you mean 'loop'"),
        ('family = "seq2seq"\n[adversarial]\ngamma = 3', "unknown table"),
        ('family = "gann"', "family of recipe own must be one of seq2seq"),
        ("", "family of recipe own must be one of"),
        ('extends = "gna"', "no recipe 'gna'; did you mean 'gan'"),
        ('family = "gan"\n[loop]\nbatch = "three"', "batch in .* must be int, such as 32; got 'three'"),
        ('family = "gan"\n[loop]\nbatch = 2.5', "must be int"),
        ('family = "gan"\n[loop]\nbatch = true', "must be int"),
        ('family = "gan"\n[loop]\nbetas = [0.9]', "betas must be two numbers"),
        ('family = "gan"\n[loop]\nsteps = 0', "steps must be at least 1; got 0"),
        ('family = "gan"\n[loop]\nprecision = "float16"', "precision must be"),
        ('family = "gan"\n[data]\ndev_share = 2', "dev_share must be a share"),
        ('family = "gan"\n[adversarial]\nslope_every = 0', "slope_every must be at least 1"),
        ('family = "gan"\nloop = 3', "loop of recipe own must be a table"),
        ("family = ", "valid TOML"),
        ('extends = "OWN"', "extends more than 8 others"),
    ],
)
def test_mistakes_are_named(tmp_path, text, message):
    path = tmp_path / "own.toml"
    path.write_text(text.replace("OWN", str(path)))
    with pytest.raises(ModelError, match=message):
        read_recipe(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ModelError, match="readable TOML file"):
        read_recipe(tmp_path / "none.toml")


def test_whole_numbers_stand_for_floats_and_changes_come_last(tmp_path):
    path = Path(tmp_path / "own.toml")
    path.write_text('extends = "gan"\n[loop]\nclip = 3\n[gpu.loop]\nclip = 4\n')
    assert read_recipe(path).loop.clip == 3.0
    assert read_recipe(path, is_gpu=True).loop.clip == 4.0
    assert read_recipe(path, is_gpu=True, changes={"loop": {"clip": 5.0}}).loop.clip == 5.0


def test_the_fingerprint_is_of_what_decides_the_weights():
    own = read_recipe("gan")
    assert own.fingerprint == read_recipe("gan", changes={"loop": {"checkpoint_minutes": 1.0}}).fingerprint
    assert own.fingerprint != read_recipe("gan", changes={"loop": {"seed": 1}}).fingerprint
    assert own.fingerprint != read_recipe("gan", changes={"network": {"noise": 16}}).fingerprint
