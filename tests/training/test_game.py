"""The laws of the networks and of the game: the past does not hear the future, what is given stays, gradients pass."""

import numpy as np
import pytest
import torch

from boya.corpus import open_packed
from boya.errors import ModelError
from boya.models.layout import CHORD_TEMPERATURE
from boya.models.networks.gan_discriminator import Discriminator, DiscriminatorSettings, canvas
from boya.models.networks.gan_generator import FRAME_WIDTHS, ORDER, damped, flatten, memory_of, ringing
from boya.training.bands import BandPhrases
from boya.training.data import load_corpus
from boya.training.dense import DenseTask
from boya.training.distributed import World
from boya.training.draws import Draws
from boya.training.gan import GanTask, choice_noise, compared, slope, write_phrases
from boya.training.judging import accuracy_against, check_enough
from boya.training.likelihood import LikelihoodTask, band_nats
from boya.training.recipe import read_recipe
from boya.training.settings import DataSettings, LikelihoodSettings
from boya.training.task import Moment

CPU = torch.device("cpu")
GIVEN = LikelihoodSettings(kept_share=1.0, kept_roles=0.5, silent_share=0.0, lead_share=1.0)


@pytest.fixture(scope="module")
def corpus(packed):
    return load_corpus(open_packed(packed))


@pytest.fixture
def game(corpus):
    torch.manual_seed(0)
    return GanTask(read_recipe("gan-smoke"), corpus, CPU)


def test_writing_after_a_lead_is_stepping_through_it(game):
    generator = game.generator
    draws = Draws(0, 0)
    heard = game.phrases.batch(draws, 3, slice(0, 3), GIVEN)
    noise, frame_noise = draws.normal((3, 4)), choice_noise(generator, draws, 3, slice(0, 3), 64)
    written = write_phrases(generator, heard, noise, frame_noise)
    context, condition = heard.told(generator, noise)
    before, state = torch.zeros(3, sum(FRAME_WIDTHS.values())), generator.first_state(3)
    lead = flatten(heard.layers)
    memory = memory_of(lead)
    for step in range(16):
        is_given, still = torch.ones(3, 5), frame_noise[:, 0]
        before, state = generator.step(
            before,
            memory[:, step],
            state,
            context[:, step],
            condition,
            heard.places[:, step],
            still,
            torch.zeros(3, 201),
            lead[:, step],
            is_given,
        )
    first, _ = generator.step(
        before,
        memory[:, 16],
        state,
        context[:, 16],
        condition,
        heard.places[:, 16],
        frame_noise[:, 0],
        torch.zeros(3, 201),
        heard.given[:, 16],
        heard.is_given,
    )
    first = damped(first, ringing(heard.harmony)[:, 16], heard.is_given)
    torch.testing.assert_close(first, flatten(written)[:, 0])


def test_given_roles_stay_and_others_are_whole(game):
    draws = Draws(0, 1)
    heard = game.phrases.batch(draws, 4, slice(0, 4), GIVEN)
    with torch.no_grad():
        written = write_phrases(
            game.generator, heard, draws.normal((4, 4)), choice_noise(game.generator, draws, 4, slice(0, 4), 64)
        )
    for number, role in enumerate(ORDER):
        kept = heard.is_given[:, number].bool()
        assert torch.equal(written[role][kept], heard.layers[role][kept, 16:])
        assert set(written[role].unique().tolist()) <= {0.0, 1.0}
    assert (written["melody"].sum(-1) == 1).all()


def test_a_new_chord_ends_what_is_not_its_own_except_in_given_roles():
    harmony = torch.zeros(1, 3, 38)
    harmony[0, :2, 26 + 0] = harmony[0, 2, 26 + 2] = 1  # C, C, D
    may_ring = ringing(harmony)
    assert may_ring[0, 1].all()
    assert may_ring[0, 2].nonzero().flatten().tolist() == [2, 14, 26, 38]  # the window begins at a C
    frame = torch.zeros(2, sum(FRAME_WIDTHS.values()))
    frame[:, 9 + 50 : 9 + 50 + 48] = 1  # chords hold every pitch, none begins
    is_given = torch.tensor([[0.0] * 5, [0.0, 0.0, 1.0, 0.0, 0.0]])
    assert damped(frame, may_ring[:, 2].expand(2, -1), is_given).sum(-1).tolist() == [4, 48]


def test_likelihood_of_the_past_does_not_hear_the_future(game):
    heard = game.phrases.batch(Draws(0, 2), 2, slice(0, 2), LikelihoodSettings(kept_share=0.0, lead_share=0.0))
    context, condition = heard.told(game.generator, torch.zeros(2, 4))
    nats = game.generator.nats(heard.layers, context, condition, heard.places)
    changed = {role: layer.clone() for role, layer in heard.layers.items()}
    changed["melody"][:, 40:] = changed["melody"][:, :24]
    changed["drums"][:, 40:] = 0
    after = game.generator.nats(changed, context, condition, heard.places)
    for role in ORDER:
        torch.testing.assert_close(nats[role][:, :40], after[role][:, :40])
    assert not torch.allclose(nats["melody"][:, 40:], after["melody"][:, 40:])


def test_gradients_pass_through_the_choices_of_the_dense_generator(corpus):
    torch.manual_seed(0)
    game = DenseTask(read_recipe("gan-dense-smoke"), corpus, CPU)
    rolls, drums = canvas(game.write(game.generator, game.batch(Draws(0, 1), 2, slice(0, 2))))
    (rolls.sum() + drums.sum()).backward()
    assert game.generator.get_parameter("out.weight").grad.abs().sum() > 0


def test_the_draft_that_costs_less_becomes_likelier(game):
    batch = game.batch(Draws(0, 1), 4, slice(0, 4))
    frames = game.write(game.generator, batch)
    heard, optimizer = batch.heard, torch.optim.SGD(game.generator.parameters(), lr=1e-4)

    def nats():
        context, condition = heard.told(game.generator, batch.noise)
        found = game.generator.nats(frames, context, condition, heard.places, CHORD_TEMPERATURE)
        return torch.stack(list(found.values())).sum((0, 2))

    costs = torch.tensor([0.0, 1.0, 1.0, 1.0])
    before = nats().detach()
    game.lesson(costs, frames, batch).backward()
    optimizer.step()
    change = nats().detach() - before
    assert change[0] < change[1:].mean()


def test_drafts_stand_over_the_same_phrase(game):
    heard = game.batch(Draws(0, 1), 8, slice(0, 8)).heard
    for first in (0, 4):
        assert torch.equal(heard.layers["melody"][first], heard.layers["melody"][first + 3])
    with pytest.raises(ModelError, match="multiple of drafts"):
        compared(torch.zeros(6), 4)


def test_slope_is_the_squared_gradient():
    x = torch.tensor([[1.0, 2.0], [3.0, 0.0]], requires_grad=True)
    assert slope((x**2).sum(1), (x,)).item() == pytest.approx((4 + 16 + 36) / 2)


def test_the_discriminator_learns_to_tell_silence_from_music(corpus):
    torch.manual_seed(1)
    bands = BandPhrases(corpus, DataSettings(lead_bars=1), CPU)
    heard = bands.batch(Draws(0, 0), 16, slice(0, 16), LikelihoodSettings(0.0, 0.0, 0.0, 0.0))
    silence = {role: torch.zeros_like(layer) for role, layer in heard.layers.items()}
    for role in ("melody", "bass"):
        silence[role][..., 0] = 1
    discriminator = Discriminator(DiscriminatorSettings(width=4))
    optimizer = torch.optim.AdamW(discriminator.parameters(), lr=3e-3)
    told = (heard.harmony.transpose(1, 2), heard.conditions[:, 0])
    for _ in range(30):
        apart = discriminator(*canvas(heard.layers), *told) - discriminator(*canvas(silence), *told)
        optimizer.zero_grad()
        torch.nn.functional.softplus(-apart).mean().backward()
        optimizer.step()
    assert (apart > 1).all()


def test_the_average_follows_slowly_and_the_discriminator_begins_alone(game):
    loop = game.recipe.loop
    before = [p.clone() for p in game.generator.parameters()]
    game.update(game.batch(Draws(0, 0), 4, slice(0, 4)), Moment(0, loop, World()))
    assert all(torch.equal(a, b) for a, b in zip(before, game.generator.parameters(), strict=True))
    figures = game.update(game.batch(Draws(0, 1), 4, slice(0, 4)), Moment(1, loop, World()))
    assert figures["generator"] > 0
    for old, new, mean in zip(before, game.generator.parameters(), game.average.parameters(), strict=True):
        torch.testing.assert_close(mean, old + (new - old) * 0.01)
    assert any(not torch.equal(a, b) for a, b in zip(before, game.generator.parameters(), strict=True))


def test_likelihood_overfits_one_batch(corpus):
    changes = {"loop": {"learning_rate": 1e-2, "steps": 60, "warmup": 0}, "network": {"hidden": 32, "frame": 32, "drum_sets": 32}}
    torch.manual_seed(0)
    task = LikelihoodTask(read_recipe("gan-likelihood-smoke", changes=changes), corpus, CPU)
    batch = task.batch(Draws(0, 0), 4, slice(0, 4))
    losses = [task.update(batch, Moment(step, task.recipe.loop, World()))["loss"].item() for step in range(60)]
    assert losses[-1] < 0.2 * losses[0]
    with torch.no_grad():
        again = band_nats(task.generator, batch.heard, batch.noise)
    assert sum(value.item() for value in again.values()) == pytest.approx(losses[-1], rel=0.2)


def test_real_phrases_against_themselves_are_not_told_apart(corpus):
    bands = BandPhrases(corpus, DataSettings(lead_bars=1, dev_share=0.9), CPU)
    same = [{role: layer.numpy() for role, layer in heard.layers.items()} for heard in bands.dev_batches()]
    assert accuracy_against(same, bands.dev, 16)["two_sample"] == pytest.approx(0.5, abs=0.02)
    noise = [{role: np.roll(layer, 3, axis=1) for role, layer in batch.items()} for batch in same]
    assert accuracy_against(noise, bands.dev, 16)["two_sample"] > 0.8


def test_a_small_dev_part_is_refused(corpus):
    bands = BandPhrases(corpus, DataSettings(lead_bars=1, dev_share=0.9, dev_phrases=9), CPU)
    with pytest.raises(ModelError, match=r"10 phrases from 5 pieces; got 9 .* Raise dev_share"):
        check_enough(bands.dev)
