import numpy as np
import pytest

from boya.errors import FileError, FormatError, InputError, MissingExtraError
from boya.score import Score, Tempo, Timeline, Track, note_array
from boya.sound import TAIL_SECOND, render, render_soundfont
from boya.sound.soundfont import playing as module
from boya.sound.soundfont.event import Event
from boya.sound.soundfont.players import PLAYERS, Player, available_players


@pytest.fixture
def font(tmp_path, sine_font):
    path = tmp_path / "sine.sf2"
    path.write_bytes(sine_font)
    return path


@pytest.fixture(params=sorted(PLAYERS))
def player(request):
    if request.param not in available_players():
        pytest.skip(f"{request.param} is not installed")
    return request.param


@pytest.mark.parametrize("pitch", [57, 69, 76])
def test_every_player_is_in_tune(font, player, pitch, cents_off):
    score = Score((Track(note_array([(0, 1920, pitch, 100)])),))
    audio = render_soundfont(score, font, player=player)
    assert audio.shape == (round((2 + TAIL_SECOND) * 44100), 2)
    assert np.isfinite(audio).all()
    assert 0.05 < np.abs(audio).max() <= 1
    assert abs(cents_off(audio[:80000].mean(axis=1), pitch)) < 5


def test_every_player_keeps_the_tempo_map(font, player):
    timeline = Timeline.of([Tempo(0, 60.0), Tempo(960, 240.0)])
    score = Score((Track(note_array([(1920, 480, 69, 100)])),), timeline=timeline)
    loud = np.abs(render_soundfont(score, font, player=player)).max(axis=1)
    assert np.argmax(loud > 0.1 * loud.max()) / 44100 == pytest.approx(2.5, abs=0.03)


def test_tracks_beyond_a_players_channels_are_played_too(font, player):
    tracks = [Track(note_array([(960 * i, 480, 69, 100)]), program=0) for i in range(17)]
    audio = render_soundfont(Score(tuple(tracks)), font, player=player, sample_rate=8000)
    assert all(np.abs(audio[8000 * i : 8000 * i + 3000]).max() > 0.05 for i in range(17))


def fake(seen):
    """A player that notes what it is asked and plays a constant."""

    def play(font, events, n_frames, sample_rate):
        seen.append(events)
        return np.full((2, n_frames), 0.25, dtype=np.float32)

    return Player(lambda: True, play)


def test_events_carry_frames_channels_and_programs(monkeypatch, font):
    seen: list[list[Event]] = []
    monkeypatch.setitem(PLAYERS, "fake", fake(seen))
    drums = Track(note_array([(480, 120, 38, 90)]), is_drum=True)
    render_soundfont(Score((Track(note_array([(0, 480, 60, 80)]), program=40), drums)), font, 8000, player="fake")
    assert seen == [
        [
            Event(0, -1, 0, 40, 0),
            Event(0, -1, 9, 0, 0),
            Event(0, 1, 0, 60, 80),
            Event(4000, 0, 0, 60, 0),
            Event(4000, 1, 9, 38, 90),
            Event(5000, 0, 9, 38, 0),
        ]
    ]


def test_without_the_player_asked_for_the_way_out_is_named(monkeypatch, font):
    monkeypatch.setattr(module, "available_players", lambda: ["sampler"])
    assert render(Score(), soundfont=font).shape[1] == 2
    with pytest.raises(MissingExtraError, match="pip install"):
        render_soundfont(Score(), font, player="tinysoundfont")


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "not a SoundFont"), (b"RIFF\0\0\0\0WAVE", "not a SoundFont"), (b"RIFF\xff\xff\0\0sfbk", "cut short")],
)
def test_a_broken_file_is_refused_before_any_player_sees_it(tmp_path, content, words):
    path = tmp_path / "bad.sf2"
    path.write_bytes(content)
    with pytest.raises(FormatError, match=words):
        render(Score(), soundfont=path)


def test_a_file_that_only_looks_right_is_refused_by_every_player(tmp_path, player):
    path = tmp_path / "hollow.sf2"
    path.write_bytes(b"RIFF\x0c\0\0\0sfbkLIST\0\0\0\0")
    with pytest.raises(FileError, match=r"hollow\.sf2"):
        render_soundfont(Score((Track(note_array([(0, 480, 60, 80)])),)), path, player=player)


def test_a_missing_file_a_wrong_rate_and_an_unknown_player_are_refused(tmp_path, font):
    with pytest.raises(FileError, match=r"cannot read the SoundFont .*none\.sf2"):
        render(Score(), soundfont=tmp_path / "none.sf2")
    with pytest.raises(InputError, match="sample_rate must be"):
        render(Score(), soundfont=font, sample_rate=100)
    with pytest.raises(InputError, match="player must be one of"):
        render_soundfont(Score(), font, player="kazoo")
