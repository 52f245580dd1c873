"""A piece and its files."""

import boya
from boya.composing import Piece


def test_a_saved_piece_reads_back_as_its_score(tmp_path):
    score = boya.Score((boya.Track(boya.note_array([(0, 480, 60, 80)]), role="melody"),))
    path = Piece(score, {"job": "compose", "wishes": {"seed": 2**62}}).save(tmp_path / "a.json")
    assert boya.read(path) == score
