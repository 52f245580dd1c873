"""MIDI: what is read, what is written, and what damaged files become."""

import logging
from typing import Any

import pytest

from boya import files
from boya.errors import FormatError, InputError, LimitError
from boya.files import Limits
from boya.score import Chord, Key, Metre, Score, Section, Tempo, Timeline, Track, note_array


def read(data: bytes, **limits: Any) -> Score:
    return files.read_bytes(data, ".mid", limits=Limits(**limits))


def rows(score: Score) -> list[list[tuple[int, ...]]]:
    return [track.notes.tolist() for track in score.tracks]


def test_any_resolution_becomes_480(one_track: Any, smf: Any) -> None:
    for division in (24, 96, 120, 480, 960, 15360):
        assert rows(read(one_track(smf.note(60, division, delta=division), division=division))) == [[(480, 480, 60, 80)]]


def test_rounding_is_half_up_and_no_note_vanishes(one_track: Any, smf: Any) -> None:
    score = read(one_track(smf.note(60, 1, delta=1), smf.note(61, 1, delta=1), division=960))
    assert rows(score) == [[(1, 1, 60, 80), (2, 1, 61, 80)]]


def test_timeline_chords_and_sections(one_track: Any, smf: Any) -> None:
    score = read(
        one_track(
            smf.meta(0, 0x58, b"\3\2\x18\x08") + smf.meta(0, 0x59, b"\xfd\1") + smf.meta(0, 0x51, b"\x07\xa1\x20"),
            smf.marker(0, "chord=Bb:min7/5") + smf.marker(0, "section=A") + smf.marker(0, "hello"),
            smf.note(60, 960),
            smf.marker(0, "chord=B-7") + smf.marker(0, "chord=nonsense"),
            smf.note(60, 960),
            smf.marker(0, "chord=N") + smf.marker(10, "section=B"),
        )
    )
    assert score.timeline == Timeline((Tempo(0, 120.0),), (Metre(0, 3, 4),), (Key(0, 0, "minor"),))
    assert score.chords == (Chord(0, 960, 10, "min7", 5), Chord(960, 960, 10, "7"), Chord(1920, 960, None, ""))
    assert score.sections == (Section(0, 1930, "A"), Section(1930, 950, "B"))


def test_a_silent_timeline_is_assumed(one_track: Any, smf: Any) -> None:
    score = read(one_track(smf.note(60)))
    assert score.timeline.assumed == {"tempo", "metre", "key"}
    assert read(files.write_bytes(score, ".mid")).timeline.assumed == {"tempo", "metre", "key"}


def test_everything_a_midi_file_can_hold_comes_back() -> None:
    line = Timeline.of(
        [Tempo(0, 97.0), Tempo(480, 60.0)], [Metre(0, 3, 4), Metre(1440, 6, 8)], [Key(0, 2, "dorian"), Key(1440, 3, "minor")]
    )
    score = Score(
        (
            Track(note_array([(0, 480, 60, 80), (240, 480, 64, 1)]), 40, name="Fl\u00f6te 1 伯牙", role="melody"),
            Track(note_array([(0, 2880, 36, 127)]), 12, is_drum=True, name="Kit", role="drums"),
            Track(note_array([(960, 480, 40, 80)]), 127),
        ),
        line,
        (Chord(0, 960, 2, "min7", 9), Chord(960, 480, None, ""), Chord(1920, 480, 5, "13(*9,b9)")),
        (Section(0, 1440, "intro"), Section(1440, 1000, "A")),
        "Title",
        "Composer",
        "CC0-1.0",
    )
    again = read(files.write_bytes(score, ".mid"))
    assert [round(60e6 / t.qpm) for t in again.timeline.tempos] == [round(60e6 / t.qpm) for t in line.tempos]
    assert again.timeline.metres == line.metres
    assert again.timeline.keys == line.keys
    assert (again.tracks, again.chords, again.sections) == (score.tracks, score.chords, score.sections)
    assert (again.title, again.composer, again.licence) == ("Title", "Composer", "CC0-1.0")
    assert read(files.write_bytes(again, ".mid")) == again


def test_more_tracks_than_channels_stay_apart() -> None:
    tracks = tuple(Track(note_array([(i, 480, 40 + i, 80)]), i, i % 7 == 3, f"t{i}", "bass" if i % 2 else "") for i in range(40))
    assert read(files.write_bytes(Score(tracks), ".mid")).tracks == tracks


def test_tracks_without_notes_are_not_written() -> None:
    tracks = (Track(name="silent"), Track(note_array([(0, 1, 60, 80)]), name="loud", role="pad"))
    assert read(files.write_bytes(Score(tracks), ".mid")).tracks == tracks[1:]


def test_an_unknown_quality_is_not_written() -> None:
    with pytest.raises(InputError, match="quality looks like"):
        files.write_bytes(Score(chords=(Chord(0, 1, 0, "strange"),)), ".mid")


def test_type_0_is_parted_by_channel(smf: Any) -> None:
    data = smf.file(smf.track(smf.on(0, 60), smf.on(0, 40, 80, 9), smf.off(480, 60), smf.off(0, 40, 9), smf.END), kind=0)
    score = read(data)
    assert sorted((track.is_drum, track.notes["pitch"].tolist()) for track in score.tracks) == [(False, [60]), (True, [40])]


def test_patterns_of_type_2_follow_one_another(smf: Any) -> None:
    tracks = [smf.track(smf.note(pitch), smf.END) for pitch in (60, 62, 64)]
    assert rows(read(smf.file(*tracks, kind=2))) == [[(0, 480, 60, 80), (1920, 480, 62, 80), (3840, 480, 64, 80)]]


@pytest.mark.parametrize(("division", "ticks_per_second"), [(0xE728, 1000), (0xE804, 96), (0xE250, 2400)])
def test_timecode_keeps_seconds(one_track: Any, smf: Any, division: int, ticks_per_second: int) -> None:
    score = read(
        one_track(smf.meta(0, 0x51, b"\1\0\0"), smf.note(60, ticks_per_second, delta=ticks_per_second), division=division)
    )
    assert rows(score) == [[(960, 960, 60, 80)]]
    assert score.length_second == pytest.approx(2.0)


def test_drop_frame_timecode(one_track: Any, smf: Any) -> None:
    score = read(one_track(smf.note(60, 30_000), division=0xE364))
    assert score.length_second == pytest.approx(30_000 / (30000 / 1001 * 100), abs=1e-3)


def test_running_status_and_velocity_zero(one_track: Any, smf: Any) -> None:
    score = read(one_track(smf.on(0, 60), b"\x83\x60\x3c\x00", b"\x00\x3e\x46", b"\x83\x60\x3e\x00"))
    assert rows(score) == [[(0, 480, 60, 80), (480, 480, 62, 70)]]


def test_overlapping_notes_end_first_in_first_out(one_track: Any, smf: Any) -> None:
    score = read(one_track(smf.on(0, 60, 80), smf.on(10, 60, 90), smf.off(10, 60), smf.off(10, 60)))
    assert rows(score) == [[(0, 20, 60, 80), (10, 20, 60, 90)]]
    assert read(files.write_bytes(score, ".mid")) == score


def test_a_note_without_length_lasts_a_tick(one_track: Any, smf: Any) -> None:
    assert rows(read(one_track(smf.note(36, 0)))) == [[(0, 1, 36, 80)]]


def test_a_note_without_end_is_left_out(one_track: Any, smf: Any) -> None:
    assert rows(read(one_track(smf.on(0, 50), smf.note(60)))) == [[(0, 480, 60, 80)]]


@pytest.mark.parametrize("tail", [b"", b"\x00\x90", b"\x00\x90\x40", b"\x83", b"\x00\xff\x06\x20abc"])
def test_a_track_cut_short_keeps_its_complete_notes(smf: Any, tail: bytes, caplog: pytest.LogCaptureFixture) -> None:
    data = smf.file(smf.track(smf.note(60), smf.note(64), tail, length=5000))
    with caplog.at_level(logging.WARNING):
        assert rows(read(data)) == [[(0, 480, 60, 80), (480, 480, 64, 80)]]
    assert "damaged" in caplog.text


def test_a_file_cut_anywhere_is_read_or_refused(smf: Any) -> None:
    whole = smf.file(*(smf.track(*(smf.note(p) for p in range(60, 66)), smf.END) for _ in range(2)))
    counts = []
    for end in range(len(whole)):
        try:
            counts.append(read(whole[:end]).n_notes)
        except FormatError:
            counts.append(0)
    assert counts == sorted(counts)
    assert counts[-1] == 12


@pytest.mark.parametrize(
    "event",
    [
        b"\x00\x90\xff\xff",  # data bytes that are none
        b"\xff\xff\xff\xff\x7f\x90\x3c\x40",  # a time of five bytes
        b"\x00\xff\x51\xff\xff\xff\x7f",  # an event longer than the file
        b"\x00\xf0\x80\x80\x80\x80\x01",
    ],
)
def test_after_a_damaged_event_nothing_is_guessed(smf: Any, event: bytes) -> None:
    broken = smf.track(smf.note(60), event, smf.note(62), smf.END)
    assert rows(read(smf.file(broken, smf.track(smf.note(70), smf.END)))) == [[(0, 480, 60, 80)], [(0, 480, 70, 80)]]
    with pytest.raises(FormatError, match="no complete note"):
        read(smf.file(smf.track(event, smf.END)))


@pytest.mark.parametrize(
    "event",
    [
        b"\x00\xff\x51\x03\x00\x00\x00",
        b"\x00\xff\x51\x03\x00\x00\x01",
        b"\x00\xff\x51\x01\x05",
        b"\x00\xff\x51\x00",
        b"\x00\xff\x58\x04\x00\x02\x18\x08",
        b"\x00\xff\x58\x04\x04\x10\x18\x08",
        b"\x00\xff\x58\x01\x04",
        b"\x00\xff\x59\x02\x70\x00",
        b"\x00\xff\x59\x02\x00\x09",
        b"\x00\xff\x59\x01\x00",
        b"\x00\xf0\x03\x01\x02\xf7",
        b"\x00\xf8",
        b"\x00\xff\xff\x02ab",
        b"\x00\xff\x03\x00",
    ],
)
def test_events_no_score_can_hold_are_left_out(one_track: Any, smf: Any, event: bytes) -> None:
    score = read(one_track(event, smf.note(60)))
    assert rows(score) == [[(0, 480, 60, 80)]]
    assert score.timeline.assumed == {"tempo", "metre", "key"}


def test_a_program_that_is_none_is_left_out(one_track: Any, smf: Any) -> None:
    with pytest.raises(FormatError, match="no complete note"):
        read(one_track(b"\x00\xc0\xff", smf.note(60)))


def test_names_that_are_no_utf8_are_latin_1(one_track: Any, smf: Any) -> None:
    score = read(one_track(smf.meta(0, 3, b"Fl\xf6te"), smf.meta(0, 6, b"section=\xc9tude"), smf.note(60)))
    assert score.tracks[0].name == "Flöte"
    assert score.sections[0].label == "Étude"


def test_other_chunks_are_passed_over(smf: Any) -> None:
    data = smf.file(smf.track(b"abc", name=b"XFIH"), smf.track(smf.note(60), smf.END), n_tracks=9)
    assert rows(read(data)) == [[(0, 480, 60, 80)]]
    assert rows(read(data + b"\0\0 junk after the end \xff")) == [[(0, 480, 60, 80)]]


def test_a_riff_wrapper_and_a_long_header_are_understood(smf: Any) -> None:
    plain = smf.file(smf.track(smf.note(60), smf.END))
    assert read(b"RIFF\0\0\0\0RMIDdata\0\0\0\0" + plain) == read(plain)
    assert read(plain[:4] + b"\0\0\0\x08" + plain[8:14] + b"\0\0" + plain[14:]) == read(plain)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"MThd\0\0\0\6\0\1", "cut off"),
        (b"MThd\0\0\0\6\0\1\0\0\1\xe0", "at least one track"),
        (b"MThd\0\0\0\6\0\7\0\1\1\xe0MTrk\0\0\0\4\0\xff\x2f\0", "type 7"),
        (b"MThd\0\0\0\2\0\1\0\1\1\xe0MTrk\0\0\0\4\0\xff\x2f\0", "at least 6 bytes"),
        (b"MThd\0\0\0\6\0\1\0\1\0\0MTrk\0\0\0\4\0\xff\x2f\0", "at least 1 tick"),
        (b"MThd\0\0\0\6\0\1\0\1\xe7\0MTrk\0\0\0\4\0\xff\x2f\0", "SMPTE"),
        (b"MThd\0\0\0\6\0\1\0\1\x80\x04MTrk\0\0\0\4\0\xff\x2f\0", "SMPTE"),
        (b"RIFF\0\0\0\0WAVEfmt ", "looks like WAV"),
        (b"X:1\nK:C\nCDE|", "looks like ABC"),
    ],
)
def test_headers_that_make_no_sense(data: bytes, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        read(data)


def test_times_that_overflow_are_refused(one_track: Any, smf: Any) -> None:
    for count in (1, 6, 20):
        with pytest.raises(LimitError, match="may last"):
            read(one_track(*[smf.on(2**28 - 1, 60) + smf.off(2**28 - 1, 60)] * count))


def test_limits_on_tracks_notes_and_length(smf: Any, one_track: Any) -> None:
    many = smf.file(*[smf.track(smf.note(60), smf.END)] * 20)
    with pytest.raises(LimitError, match="19 tracks"):
        read(many, tracks=19)
    with pytest.raises(LimitError, match="19 notes"):
        read(many, notes=19)
    with pytest.raises(LimitError, match="may last 3 quarters"):
        read(one_track(smf.note(60, 480 * 4)), length_quarter=3)
    with pytest.raises(LimitError, match="2 tracks"):
        read(smf.file(*[smf.track(smf.on(0, 60, 80, c), smf.off(9, 60, c), smf.END) for c in range(4)], kind=2), tracks=2)


def test_chords_after_the_last_note_last_a_bar(one_track: Any, smf: Any) -> None:
    score = read(one_track(smf.note(60), smf.marker(480, "chord=G")))
    assert score.chords == (Chord(960, 960, 7),)


def test_running_status_before_any_status_is_damage(one_track: Any, smf: Any) -> None:
    with pytest.raises(FormatError, match="no complete note"):
        read(one_track(b"\x00\x3c\x40", smf.note(62)))


def test_chords_at_one_tick_share_its_time(one_track: Any, smf: Any) -> None:
    both = smf.marker(0, "chord=C") + smf.marker(0, "chord=F7") + smf.marker(0, "chord=F7")
    score = read(one_track(both, smf.note(60, 1920), smf.marker(0, "chord=G"), smf.note(60)))
    assert score.chords == (Chord(0, 960, 0), Chord(960, 960, 5, "7"), Chord(1920, 480, 7))
