"""Words to wishes: what is heard, kept, filled in, refused, and told."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boya.composing.plan import plan_of
from boya.composing.plan_text import read_plan, write_plan
from boya.composing.words import fill, read_words, request_of
from boya.composing.words.numerals import number_at
from boya.composing.works.habits import is_on_grid
from boya.errors import RequestError
from boya.theory.graph import graph
from boya.theory.instruments import instrument

ONES = "零一二三四五六七八九"
ENGLISH = ["", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen"]
ENGLISH += ["fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


def plan(text, **wishes):
    return plan_of(request_of(text, **wishes))


def heard(text):
    return [(wish.wish, wish.value) for wish in read_words(text).heard]


def outcome(told):
    """The request, or why there is none; any other error is a fault."""
    try:
        return fill(told, seed=2)
    except RequestError as error:
        return str(error)


def in_chinese(number):
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    text = f"{ONES[hundreds]}百" if hundreds else ""
    text += f"{ONES[tens]}十" if tens else ("零" if hundreds and ones else "")
    return text + (ONES[ones] if ones else "")


def in_english(number):
    hundreds, rest = divmod(number, 100)
    words = [ENGLISH[hundreds], "hundred"] if hundreds else []
    words += ["and"] if hundreds and rest else []
    if rest >= 20:
        words += [TENS[rest // 10]] + (["-", ENGLISH[rest % 10]] if rest % 10 else [])
    elif rest:
        words.append(ENGLISH[rest])
    return words


@given(st.integers(1, 999))
def test_numerals_in_words_are_read(number):
    assert number_at(list(in_chinese(number)), 0) == (number, len(in_chinese(number)))
    words = in_english(number)
    assert number_at([*words, "bars"], 0) == (number, len(words))


@settings(max_examples=60, deadline=None)
@given(st.text(st.sampled_from("abcdefg ABC123,.|-/:#b♭不要和小节分钟拍调大小一二半慢快鼓笛🎵\n é"), max_size=60))
def test_any_text_is_read_or_refused_and_its_spans_are_its_words(text):
    try:
        told = read_words(text)
    except RequestError:
        assert not text.strip()
        return
    for span in (*told.heard, *told.unknown, *told.unmet):
        assert span.words == text[span.start : span.end] != ""
    assert told.summary("en").count("\n") >= len(told.heard) - 1
    assert outcome(told) == outcome(read_words(text))


@pytest.mark.parametrize("text", ["", "   \n", "x" * 100_000, "好" * 10_001, None, 7])
def test_no_text_and_too_much_text_are_refused(text):
    with pytest.raises(RequestError, match="a request must be text of 1-10000 characters"):
        read_words(text)


@pytest.mark.parametrize("text", ["?!?!...", "🎺🎻🥁", "((((", "。。。，，，", "\x00\x01", "\u202e\u200b"])
def test_signs_and_emoji_ask_for_nothing_and_still_give_a_plan(text):
    assert heard(text) == []
    assert plan(text).n_bars == 16


def test_the_longest_request_is_read_in_reasonable_steps():
    for words in ("flute and ", "C Am F G ", "quiet ", "不要鼓", "in A flat ", "very "):
        told = read_words((words * 5000)[:4000])
        assert told.heard or told.text.startswith("very")


def test_both_languages_may_mix():
    mixed = plan("a sad 爵士 piece in 降B大调, 小号 lead, 三十二 bars")
    assert (mixed.style, mixed.tonic, mixed.mode, mixed.n_bars) == ("jazz", 10, "major", 32)
    assert mixed.program("melody") == 56


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("in C major, in A minor", "in C major", "in A minor"),
        ("8 bars of rock, 16 bars long", "8 bars", "16 bars"),
        ("a fast slow waltz", "fast", "slow"),
        ("slow rock, presto", "slow", "presto"),
        ("快一点，慢一点的歌", "快一点", "慢一点"),
        ("a happy sad song", "happy", "sad"),
        ("solo piano, no piano", "solo piano", "no piano"),
        ("不要鼓，加上鼓", "鼓", "不要鼓"),
        ("3/4 and 7/8", "3/4", "7/8"),
        ("120 bpm, 90 bpm", "120 bpm", "90 bpm"),
        ("quiet and loud", "quiet", "loud"),
        ("AABA form with a quiet intro", "quiet intro", "AABA form"),
        ("C Am F G, canon progression", "C Am F G", "canon progression"),
        ("one minute, two minutes", "one minute", "two minutes"),
        ("12-bar blues, 8 bars", "chords", "bars"),
        ("whole tone scale, A minor", "key", "scale"),
    ],
)
def test_contradictions_name_the_pair(text, first, second):
    with pytest.raises(RequestError, match="contradict each other") as raised:
        request_of(text)
    assert first in str(raised.value)
    assert second in str(raised.value)


@pytest.mark.parametrize(
    "text",
    [
        "rock without drums",
        "摇滚，不要鼓",
        "drumless rock",
        "rock, no bass or drums",
        "没有贝斯和鼓的摇滚",
        "rock without a drum kit",
        "rock, no heavy drums",
    ],
)
def test_negations_leave_roles_out(text):
    for seed in range(3):
        assert plan(text, seed=seed).program("drums") is None
    assert plan(text).program("bass") is None or "b" not in text.split("no ")[-1][:1]


@pytest.mark.parametrize("style", ["rock", "country", "gospel", "march", "pop", "deep house"])
def test_who_is_left_out_is_not_drawn_either(style):
    for seed in range(4):
        names = [
            instrument(p).name
            for role, p in plan(f"{style}, no piano, no guitar, no vocals", seed=seed).players
            if role != "drums"
        ]
        assert not [name for name in names if "Piano" in name or "Guitar" in name or "Choir" in name]


def test_a_list_is_the_whole_band_and_with_is_a_part_of_it():
    assert {role for role, _ in plan("bossa nova for flute and guitar").players} == {"melody", "chords"}
    open_band = plan("bossa nova with flute", seed=1)
    assert open_band.program("melody") == 73
    assert open_band.program("bass") is not None
    assert plan("two violins, viola and cello").players == (("melody", 40), ("chords", 40), ("bass", 42), ("pad", 41))
    assert plan("solo piano").programs == (0, 0, 0, None, None)


def test_who_stands_in_keeps_the_name_that_was_said():
    asked = request_of("a tune for erhu, pipa and 大阮", seed=1)
    assert [wish for _, wish in asked.pairs if wish] == ["Erhu", "Pipa", "Daruan"]


def test_a_piano_ballad_has_a_piano():
    assert 0 in [program for _, program in plan("a piano ballad").players]


def test_roles_in_words_are_roles_of_the_band():
    found = plan("melody on flute, guitar chords, tuba bass, string pad, drums")
    assert (found.program("melody"), found.program("bass"), found.program("pad"), found.program("drums")) == (73, 58, 48, 0)
    assert plan("二胡主奏，钢琴伴奏").programs[:2] == (110, 0)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("half a minute", 30), ("a minute and a half", 90), ("one and a half minutes", 90), ("two minutes", 120), ("90s", 90),
        ("1:30", 90), ("2 min 30 s", 150), ("one minute thirty", 90), ("a minute and twenty seconds", 80), ("30-second", 30),
        ("两分半", 150), ("一分半钟", 90), ("一分二十秒", 80), ("半分钟", 30), ("大约四十五秒", 45), ("两分钟左右", 120),
    ],
)  # fmt: skip
def test_lengths_in_words(text, seconds):
    assert ("seconds", (float(seconds),)) in heard(f"{text}, rock")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("in A minor", (9, "minor")), ("in a minor, slow", (9, "minor")), ("B flat", (10, "major")), ("F调", (5, "major")),
        ("in B-flat minor", (10, "minor")), ("F# dorian", (6, "dorian")), ("key of E", (4, "major")), ("C大调", (0, "major")),
        ("key: C sharp minor", (1, "minor")), ("降B大调", (10, "major")), ("升f小调", (6, "minor")), ("G宫", (7, "major")),
        ("bB大调", (10, "major")), ("♭E大调", (3, "major")), ("a小调", (9, "minor")), ("D羽调式", (2, "minor")),
        ("Eb", (3, "major")), ("Ｃ＃小调", (1, "minor")), ("in F#m", (6, "minor")), ("Cm", (0, "minor")), ("Am调", (9, "minor")),
    ],
)  # fmt: skip
def test_keys_in_words(text, key):
    found = plan(f"rock, {text}")
    assert (found.tonic, found.mode) == key


def test_an_article_is_no_key():
    assert not [wish for wish, _ in heard("A march for a brass band, a minute") if wish == "key"]


@pytest.mark.parametrize(
    ("text", "chords"),
    [
        ("C Am F G", ("C", "Am", "F", "G")), ("ii-V-I in G", ("Am", "D", "G")), ("I V vi IV, key of D", ("D", "A", "Bm", "G")),
        ("1645进行，C大调", ("C", "Am", "F", "G")), ("| Dm7 | G7 | Cmaj7 | % |", ("Dm7", "G7", "Cmaj7", "Cmaj7")),
        ("chords: Am, F, C, G", ("Am", "F", "C", "G")), ("Am→F→C→G 循环", ("Am", "F", "C", "G")),
    ],
)  # fmt: skip
def test_chords_in_words(text, chords):
    found = plan(f"pop, {text}")
    assert found.sections[0].chords[::2][: len(chords)] == chords or found.sections[0].chords[0].startswith(chords[0])


def test_sections_have_chords_bars_and_character_of_their_own():
    found = plan("pop, 4-bar intro, verse: Am F C G, chorus: F G C C, quiet verse, loud busy chorus, 20 bars")
    assert [(section.label, section.bars) for section in found.sections] == [("intro", 4), ("verse", 8), ("chorus", 8)]
    _, verse, chorus = found.sections
    assert verse.chords[:8:2] == ("Am", "F", "C", "G")
    assert chorus.chords[:8:2] == ("F", "G", "C", "C")
    assert ("", "dynamics", "soft") in verse.wishes
    assert {("", "dynamics", "loud"), ("", "density", "high")} <= set(chorus.wishes)


def test_letters_name_sections_too():
    found = plan("A段安静，B段响亮，十六小节，弦乐")
    assert [section.label for section in found.sections] == ["A", "B"]
    assert [section.wishes for section in found.sections] == [(("", "dynamics", "soft"),), (("", "dynamics", "loud"),)]


@pytest.mark.parametrize(
    ("text", "curve"),
    [("builds up", ["p", "mp", "mf", "f"]), ("渐弱", ["f", "mf", "mp", "p"]), ("渐强再渐弱", ["p", "mf", "f", "p"])],
)
def test_curves_are_controls_of_the_sections(text, curve):
    found = plan(f"rock, {text}, 32 bars")
    assert [{wish[1]: wish[2] for wish in section.wishes}["dynamics"] for section in found.sections] == curve


def test_a_tempo_counts_the_beats_of_its_metre():
    assert plan("a jig at 120 bpm").qpm == 180
    assert plan("a reel at 120 bpm").qpm == 120
    assert plan("a jig, 120 qpm").qpm == plan("a jig, quarter = 120").qpm == 120


def test_a_tempo_and_a_length_meet_at_the_nearest_bar():
    found = plan("rock, 100 bpm, 30 seconds")
    assert (found.qpm, found.n_bars) == (100, 12)


@pytest.mark.parametrize("seed", range(4))
def test_moods_lean(seed):
    sad, happy = plan("a sad country song", seed=seed), plan("a happy country song", seed=seed)
    assert (sad.mode, happy.mode) == ("minor", "major")
    assert sad.qpm < 124 <= happy.qpm
    assert ("", "dynamics", "p") in sad.sections[0].wishes
    assert plan("a sad country song in C major", seed=seed).mode == "major"


def test_a_style_of_the_graph_is_filled_in_by_it():
    filled = fill(read_words("江南丝竹"), seed=5)
    found = plan_of(filled.request)
    assert found.scale in ("gong", "zhi", "qingyue gong", "shang")
    assert found.program("melody") in (73, 75, 110)
    assert {name for name, _, _ in filled.filled} >= {"scale", "band", "form", "chords"}
    assert {why for _, _, why in filled.filled} == {"style:jiangnan-sizhu"}
    assert len({plan("江南丝竹", seed=seed) for seed in range(6)}) > 1


@pytest.mark.parametrize("kind", ["Style", "Instrument", "Mood", "TempoTerm", "Form", "Progression", "Scale"])
def test_every_kind_of_name_in_the_graph_gives_a_plan(kind):
    terms = graph().terms(kind)
    for number, term in enumerate(terms[:: max(1, len(terms) // 12)]):
        for label in filter(None, (term.label_en, term.label_zh)):
            told = read_words(label if kind in ("Style", "Mood") else f"pop, {label}")
            if told.heard:
                made = plan_of(fill(told, seed=number).request)
                assert read_plan(write_plan(made)) == made


def test_same_seed_same_request_and_other_words_change_no_other_draw():
    assert request_of("sad music with a flute", seed=9) == request_of("sad music with a flute", seed=9)
    first, second = request_of("江南丝竹", seed=1), request_of("江南丝竹, 3/4", seed=1)
    assert first.band == second.band


@pytest.mark.parametrize("model", ["gan", "seq2seq", "hybrid"])
def test_models_of_the_grid_get_what_they_can_write(model):
    for seed in range(5):
        asked = request_of("sad music with violin, one minute", model=model, seed=seed)
        assert plan_of(asked).is_on_grid
        assert is_on_grid(asked.style)
    with pytest.raises(RequestError, match="composer"):
        request_of("a waltz in 7/8", model=model)


def test_wishes_by_name_go_with_words_and_are_compared_with_them():
    asked = request_of("a sad waltz", key="C major", bars=8, seed=3)
    assert (asked.style, asked.key, asked.bars, asked.seed) == ("waltz", "C major", 8, 3)
    for wish in ({"bars": 8}, {"key": "D"}, {"style": "rock"}, {"band": "flute"}, {"form": "AB"}, {"qpm": 99}, {"metre": "4/4"}):
        with pytest.raises(RequestError, match="contradict"):
            request_of("a waltz in C, 3/4, AABA, 16 bars, 120 bpm, for violin", **wish)
    with pytest.raises(RequestError, match="did you mean style"):
        request_of("a waltz", stile="rock")


def test_plans_of_words_can_be_printed_edited_and_fed_back():
    for text in ("a sad bossa nova for flute and guitar, builds up", "江南丝竹", "a tense jig in 7/8 with quiet verse"):
        made = plan(text, seed=4)
        assert read_plan(write_plan(made)) == made


def test_what_is_not_understood_is_told():
    told = read_words("a waltz with a vocoder and reverb, 16 bars, speeding up")
    assert [span.words for span in told.unknown] == ["vocoder", "reverb"]
    assert [span.words for span in told.unmet] == ["speeding up"]
    assert [span.words for span in fill(read_words("a jazzy tango")).told.unmet] == ["jazzy"]
    assert [span.words for span in read_words("no reverb").unknown] == ["no reverb"]


def test_the_summary_speaks_both_languages():
    filled = fill(read_words("一首悲伤的华尔兹，长笛独奏，十六小节，外星人"), seed=1)
    chinese, english = filled.summary(), filled.summary("en")
    assert "情绪：悲伤 (“悲伤”)" in chinese
    assert "没听懂：“外星人”" in chinese
    assert 'mood: sad ("悲伤")' in english
    assert "scale, filled in: minor (because of sad)" in english
