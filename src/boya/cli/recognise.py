"""`boya recognise`: what a score is, each answer with how sure it is."""

from boya.cli.options import Json, ScoreFile


def command(score_file: ScoreFile, *, json: Json = False) -> None:
    """Tell what a score is: style, key, chords, melody, maker.

    The share beside an answer is how sure it is.
    """
    from boya.cli.talk import emit
    from boya.files import read
    from boya.listening.recognition import recognise

    found = recognise(read(score_file))
    emit({"file": str(score_file), **found.as_json()}, found.in_words(), json)
