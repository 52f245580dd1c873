"""Every fact of the written requests stands in their plans."""

from pathlib import Path

import pytest

from boya.composing.words import read_words
from boya.proof.theory_words import FACTS, broken_facts, read_requests

HERE = Path(__file__).parent
REQUESTS = read_requests(HERE / "requests.toml")
MORE = read_requests(HERE / "more.toml")
HELD_OUT = read_requests(HERE / "heldout.toml")


@pytest.mark.parametrize("request_", [*REQUESTS, *MORE], ids=lambda case: case["text"][:40])
def test_a_plan_keeps_what_its_request_states(request_):
    assert broken_facts(request_) == []


def test_there_are_sixty_requests_in_two_languages_and_every_fact_is_known():
    languages = [case["language"] for case in REQUESTS]
    assert (languages.count("en"), languages.count("zh")) == (30, 30)
    assert len(HELD_OUT) >= 20
    for case in (*REQUESTS, *MORE, *HELD_OUT):
        assert len(case) > 2
        assert set(case) <= {"text", "language", *FACTS}
        assert read_words(case["text"]).language == case["language"]


def test_facts_can_be_broken():
    case = {"text": "a sad waltz for flute and piano in A minor, 16 bars, AABA"}
    wrong = {
        "style": "jazz", "key": "C major", "bars": 17, "metre": "4/4", "plays": ["violin"], "silent": ["melody"], "scale": "yu",
        "has": ["drums"], "form": "A B", "mode": "major", "qpm": 400, "seconds": 1, "chords": "Eb | Eb", "rising": "dynamics",
        "wishes": ["- - dynamics loud"], "slowest": 400, "fastest": 20, "absent": ["flute"], "substyle": "Jig", "tonic": "B",
    }  # fmt: skip
    assert broken_facts(case | wrong) == list(wrong)
    assert broken_facts({"text": "no piano, solo piano", "bars": 8}) == ["bars"]
