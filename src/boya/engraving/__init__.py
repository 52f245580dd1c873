"""Engraving: pictures of music. Piano rolls without any dependency, sheet music through verovio, and a view for notebooks.

Pictures are SVG text without scripts, links or outside fonts: they show on GitHub, in a browser and offline. The same score gives
the same bytes. Lengths are pixels.
"""

from boya.engraving.notation import sheet_music_svg
from boya.engraving.notebook import notebook_html
from boya.engraving.piano_roll import piano_roll_svg

__all__ = ["notebook_html", "piano_roll_svg", "sheet_music_svg"]
