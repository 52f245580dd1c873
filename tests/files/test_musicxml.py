"""MusicXML and its archives: what is read, and what is refused before music21 sees it."""

import io
import zipfile
from typing import Any

import pytest

from boya import files
from boya.errors import FormatError, LimitError
from boya.files import Limits
from boya.score import Chord, Key, Metre, Score, Section, Tempo, Track, note_array
from boya.theory.chords import qualities

pytest.importorskip("music21")

HEAD = '<part-list><score-part id="P1"><part-name>Flute</part-name>{midi}</score-part></part-list>'
ATTRIBUTES = "<attributes><divisions>2</divisions>{}</attributes>"


def note(step: str = "C", octave: int = 4, duration: int = 2, extra: str = "", before: str = "") -> str:
    return (
        f"<note>{before}<pitch><step>{step}</step><octave>{octave}</octave></pitch><duration>{duration}</duration>{extra}</note>"
    )


def document(*measures: str, midi: str = "", root: str = "score-partwise", head: str = "") -> bytes:
    body = "".join(f'<measure number="{i}">{m}</measure>' for i, m in enumerate(measures, start=1))
    return f"<?xml version='1.0'?>{head}<{root}>{HEAD.format(midi=midi)}<part id='P1'>{body}</part></{root}>".encode()


def read(data: bytes, suffix: str = ".musicxml", **limits: Any) -> Score:
    return files.read_bytes(data, suffix, limits=Limits(**limits))


def rows(score: Score) -> list[list[tuple[int, int, int]]]:
    return [[row[:3] for row in track.notes.tolist()] for track in score.tracks]


def archive(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in members:
            made.writestr(name, data)
    return out.getvalue()


def test_notes_chords_rests_ties_and_voices() -> None:
    score = read(
        document(
            ATTRIBUTES.format("<time><beats>2</beats><beat-type>4</beat-type></time>")
            + note("C")
            + note("E", before="<chord/>")
            + note("G", extra='<tie type="start"/>'),
            note("G", extra='<tie type="stop"/>')
            + "<note><rest/><duration>2</duration></note><backup><duration>4</duration></backup>"
            + note("A", 3, 4, "<voice>2</voice>"),
        )
    )
    assert rows(score) == [[(0, 480, 60), (0, 480, 64), (480, 960, 67), (960, 960, 57)]]
    assert score.timeline.metres == (Metre(0, 2, 4),)


def test_names_programs_and_metadata() -> None:
    midi = '<midi-instrument id="I"><midi-channel>1</midi-channel><midi-program>74</midi-program></midi-instrument>'
    score = read(
        document(ATTRIBUTES.format("") + note(duration=8), midi=midi).replace(
            b"<part-list>", b"<work><work-title>A &amp; B</work-title></work><part-list>"
        )
    )
    assert (score.tracks[0].name, score.tracks[0].program, score.tracks[0].is_drum, score.title) == ("Flute", 73, False, "A & B")


def test_drums_by_instrument_and_by_place() -> None:
    midi = "".join(
        f'<midi-instrument id="I{k}"><midi-channel>10</midi-channel><midi-unpitched>{k + 1}</midi-unpitched></midi-instrument>'
        for k in (36, 46)
    )
    place = "<unpitched><display-step>{}</display-step><display-octave>{}</display-octave></unpitched><duration>2</duration>"
    drum = "<note>" + place.format("F", 4) + '<instrument id="I46"/></note>' + "<note>" + place.format("C", 5) + "</note>"
    score = read(document(ATTRIBUTES.format("") + drum, midi=midi))
    assert rows(score) == [[(0, 480, 46), (480, 480, 38)]]
    assert score.tracks[0].is_drum


def test_transposing_instruments_sound_as_they_sound() -> None:
    horn = "<key><fifths>1</fifths></key><transpose><diatonic>-4</diatonic><chromatic>-7</chromatic></transpose>"
    score = read(document(ATTRIBUTES.format(horn) + note("C", 5, 8)))
    assert rows(score) == [[(0, 1920, 65)]]
    assert score.timeline.keys == (Key(0, 0),)


def test_a_pickup_is_a_short_bar() -> None:
    three = "<time><beats>3</beats><beat-type>4</beat-type></time>"
    score = read(document(ATTRIBUTES.format(three) + note(), note(duration=6), note(duration=6)))
    assert score.timeline.metres == (Metre(0, 1, 4), Metre(480, 3, 4))
    assert score.n_bars == 3


def test_repeats_and_endings_are_played_out() -> None:
    repeat = '<barline location="right">{}<repeat direction="backward"/></barline>'
    first, second = (f'<barline location="left"><ending number="{n}" type="start"/></barline>' for n in (1, 2))
    stop = '<ending number="1" type="stop"/>'
    score = read(
        document(
            ATTRIBUTES.format("") + note("C", 4, 8),
            first + note("D", 4, 8) + repeat.format(stop),
            second + note("E", 4, 8) + '<barline location="right"><ending number="2" type="stop"/></barline>',
            note("F", 4, 8),
        )
    )
    assert [row[2] for row in rows(score)[0]] == [60, 62, 60, 64, 65]
    assert [row[0] for row in rows(score)[0]] == [0, 1920, 3840, 5760, 7680]


def test_a_grace_note_takes_no_time() -> None:
    grace = "<note><grace/><pitch><step>D</step><octave>4</octave></pitch></note>"
    assert rows(read(document(ATTRIBUTES.format("") + grace + note(duration=8)))) == [[(0, 1920, 60)]]


def test_tempo_and_rehearsal_marks() -> None:
    rehearsal = "<direction><direction-type><rehearsal>B</rehearsal></direction-type></direction>"
    metronome = "<metronome><beat-unit>half</beat-unit><per-minute>50</per-minute></metronome>"
    marks = f"{rehearsal}<direction><direction-type>{metronome}</direction-type></direction>"
    score = read(document(ATTRIBUTES.format("") + marks + note(duration=8)))
    assert score.timeline.tempos == (Tempo(0, 100.0),)
    assert score.sections == (Section(0, 1920, "B"),)


def test_a_timewise_score_is_the_same_score() -> None:
    partwise = document(ATTRIBUTES.format("") + note(duration=8), note("D", duration=8))
    timewise = f"<score-timewise>{HEAD.format(midi='')}" + "".join(
        f'<measure number="{i}"><part id="P1">{m}</part></measure>'
        for i, m in enumerate([ATTRIBUTES.format("") + note(duration=8), note("D", duration=8)], start=1)
    )
    assert read((timewise + "</score-timewise>").encode()) == read(partwise)


@pytest.mark.parametrize("quality", sorted(qualities()))
def test_every_chord_quality_survives(quality: str) -> None:
    chords = tuple(
        Chord(i * 480, 480, root, quality, bass) for i, (root, bass) in enumerate([(0, None), (10, 5), (6, None), (1, 8)])
    )
    score = Score((Track(note_array([(0, 1920, 60, 80)])),), chords=chords)
    assert read(files.write_bytes(score, ".musicxml")).chords == chords


def test_a_doctype_without_definitions_is_fine() -> None:
    head = '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" "http://www.musicxml.org/dtds/partwise.dtd">'
    assert read(document(note(duration=8), head=head)).n_notes == 1


def test_utf16_is_read() -> None:
    text = document(note(duration=8)).decode().replace("<?xml version='1.0'?>", "<?xml version='1.0' encoding='UTF-16'?>")
    assert read(text.encode("utf-16")).n_notes == 1


BOMB = (
    "<!DOCTYPE score-partwise [<!ENTITY a 'aaaaaaaaaa'>"
    + "".join(f"<!ENTITY {chr(98 + i)} '{f'&{chr(97 + i)};' * 10}'>" for i in range(9))
    + "]>"
)


@pytest.mark.parametrize(
    "head",
    [
        BOMB,
        '<!DOCTYPE score-partwise [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE score-partwise [<!ENTITY x SYSTEM "http://example.com/x">]>',
        '<!DOCTYPE score-partwise [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]>',
    ],
)
def test_entities_are_refused(head: str) -> None:
    data = document(note().replace("<step>C", "<step>&x;"), head=head)
    with pytest.raises(FormatError, match="entities"):
        read(data)


def test_an_entity_bomb_inside_an_archive_is_refused() -> None:
    with pytest.raises(FormatError, match="entities"):
        read(archive(("score.xml", document(note(), head=BOMB))), ".mxl")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"<html><body/></html>", "HTML"),
        (b"<opml/>", "holds 'opml'"),
        (b"<score-partwise>", "well-formed"),
        (b"<score-partwise/>trailing", "well-formed"),
        (b"<?xml version='1.0' encoding='klingon'?><score-partwise/>", "well-formed"),
        (b"<score-partwise><a>\xff\xfe</a></score-partwise>", "well-formed"),
        (b"<score-partwise>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</score-partwise>", "nested"),
    ],
)
def test_other_xml_is_refused(data: bytes, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        read(data)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<divisions>2<", "<divisions>0<"),
        ("<divisions>2<", "<divisions>-1<"),
        ("<divisions>2<", "<divisions>1e308<"),
        ("<duration>2<", "<duration>99999999999999999999<"),
        ("<duration>2<", "<duration>NaN<"),
        ("<duration>2<", "<duration>-5<"),
        ("<octave>4<", "<octave>999999999<"),
        ("<octave>4<", "<octave>four<"),
        ("</note></measure>", '</note><barline><repeat direction="backward" times="1000000"/></barline></measure>'),
        ("</note></measure>", '</note><barline><ending number="1-1000000" type="start"/></barline></measure>'),
    ],
)
def test_numbers_no_score_needs_are_refused(old: str, new: str) -> None:
    data = document(ATTRIBUTES.format("") + note()).decode()
    assert old in data
    with pytest.raises(FormatError, match=r"must be a number|is numbered"):
        read(data.replace(old, new, 1).encode())


def test_limits_hold_before_music21_sees_a_file() -> None:
    with pytest.raises(LimitError, match="50 notes"):
        read(document(note() * 60), text_notes=50)
    with pytest.raises(LimitError, match="notes, measures and signs"):
        read(document(*[""] * 60), text_notes=50)
    with pytest.raises(LimitError, match="bytes"):
        read(document(note() * 60), unpacked_bytes=1000)
    with pytest.raises(LimitError, match="notes"):
        read(document("<note/>" + "<x/>" * 4000), text_notes=50)


def test_a_note_that_is_none_is_refused() -> None:
    with pytest.raises(FormatError, match="cannot be understood"):
        read(document("<note><pitch><step>H</step></pitch></note>"))


def test_an_archive_is_found_by_its_container_or_its_suffix() -> None:
    data = document(note(duration=8))
    container = b'<container><rootfiles><rootfile full-path="b/right.xml"/></rootfiles></container>'
    assert (
        read(archive(("META-INF/container.xml", container), ("wrong.xml", b"<x/>"), ("b/right.xml", data)), ".mxl").n_notes == 1
    )
    assert read(archive(("only.musicxml", data)), ".mxl").n_notes == 1
    assert (
        read(
            archive(("META-INF/container.xml", container.replace(b"b/right", b"../../etc/passwd")), ("a.xml", data)), ".mxl"
        ).n_notes
        == 1
    )


def test_a_zip_bomb_is_refused_before_it_unfolds() -> None:
    bomb = archive(("score.xml", b"<score-partwise>" + b" " * 30_000_000))
    assert len(bomb) < 100_000
    with pytest.raises(LimitError, match="zip bomb"):
        read(bomb, ".mxl")


def test_a_header_that_lies_about_its_size_does_not_help() -> None:
    bomb = bytearray(archive(("score.xml", b" " * 30_000_000)))
    for signature, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = bomb.index(signature) + place
        bomb[at : at + 4] = (100).to_bytes(4, "little")
    with pytest.raises((FormatError, LimitError), match=r"zip bomb|damaged|must be well-formed"):
        read(bytes(bomb), ".mxl")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (archive(), "nothing"),
        (archive(("readme.txt", b"hello")), "readme.txt"),
        (archive(("inner.mxl", archive(("a.xml", b"<x/>")))), "inner.mxl"),
        (archive(("score.xml", b"<score-partwise/>"))[:-30], "damaged"),
        (archive(("score.xml", b"MThd")), "MIDI"),
        (document(note()), "MusicXML"),
    ],
)
def test_other_archives_are_refused(data: bytes, message: str) -> None:
    with pytest.raises(FormatError, match=message):
        read(data, ".mxl")


def test_an_archive_of_a_thousand_files_is_refused() -> None:
    with pytest.raises(LimitError, match="1000 files"):
        read(archive(*((f"{i}.xml", b"") for i in range(1001))), ".mxl")
