"""The bar stream: a piece of up to 16 tracks as one row of tokens, bar after bar, and back without loss.

A *window* is what a model reads: a head, bars, and after them the segments that were left open as holes.

    piece home:2 style:pop substyle:Ballad mode:major        `part` instead of `piece` where the window begins inside a piece
      slot:0 program:40 role:melody density:2 register:4     tracks by slot; each of four controls may be left out
      slot:1 drums role:drums
    bar:5 metre:4/4 tempo:120 section:A                      what is in force: all in the first bar, then what changes
      chord:0 root:0 quality:maj chord:24 root:7 quality:7   chords by step of the bar; `none` ends one without another
      slot:0 at:0 vel:5 dur:12 pitch:60 pitch:64 at:12 pitch:62
      slot:1 hole                                            a segment that is written later
    bar:6 slot:0 same:1                                      what the slot said one bar ago, once more
    bar:7 last metre:2/4 tonic:9 mode:minor                  `last` is the last bar of the piece, `length:18` a bar cut short
      slot:0 at:0 vel:4 long:1 dur:12 pitch:60               108 steps
    fill bar:5 slot:1 at:0 vel:6 drum:36                     one entry for each hole, in their order
    end                                                      after the last bar of the piece, or the last fill

Conventions: 12 steps a quarter; everything is moved so that the tonic of the piece's first key is C; bars are numbered modulo 64
from any number; a segment, what one track begins in one bar, is absent where the track is silent. Notes stand by step and pitch;
velocity class and duration are stated by the first note of a segment, then where they change. A segment that stands in the
window already, note for note and in a bar as long, is always told by `same`. Bars from far back can stand before a window, with
a `gap` behind them; in the first bar after it all that is in force is told again. `quantise` says what is kept of a score,
`Grammar` which tokens may follow. The law: `decode(encode(score).whole()) == quantise(score)`.
"""

from boya.representation.stream.controls import controls_of
from boya.representation.stream.decode import decode
from boya.representation.stream.encode import encode
from boya.representation.stream.encoded import Encoded
from boya.representation.stream.grammar import Grammar, Place
from boya.representation.stream.packed import PackedStream, open_stream, pack_stream
from boya.representation.stream.quantise import quantise
from boya.representation.stream.rows import Part
from boya.representation.stream.transposing import transposed
from boya.representation.stream.vocabulary import VOCABULARY, Vocabulary, describe

__all__ = [
    "VOCABULARY",
    "Encoded",
    "Grammar",
    "PackedStream",
    "Part",
    "Place",
    "Vocabulary",
    "controls_of",
    "decode",
    "describe",
    "encode",
    "open_stream",
    "pack_stream",
    "quantise",
    "transposed",
]
