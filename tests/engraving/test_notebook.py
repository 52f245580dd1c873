import base64
import re

import pytest

from boya.engraving import notebook_html
from boya.errors import InputError
from boya.score import Score, Track, note_array

SCORE = Score((Track(note_array([(0, 480, 60, 80)])),), title="<b>One</b>")


def test_the_view_holds_picture_and_sound_and_asks_the_network_for_nothing():
    wav = b"RIFF\x24\0\0\0WAVEfmt " + bytes(range(64))
    page = notebook_html(SCORE, wav)
    source = re.search(r'src="data:audio/wav;base64,([^"]+)"', page)
    assert base64.b64decode(source[1]) == wav
    assert "<svg" in page
    assert "<b>" not in page
    assert re.findall(r"https?://[^\"]+", page) == ["http://www.w3.org/2000/svg"]


def test_without_sound_there_is_no_player():
    assert "<audio" not in notebook_html(SCORE)


def test_what_is_not_a_wav_file_is_refused():
    with pytest.raises(InputError, match="WAV file"):
        notebook_html(SCORE, b"ID3 something else")
