"""SoundFonts: reading, writing, building our own, and the players that play them.

`font` holds the format's values, `reader` and `writer` its bytes, `playing` renders a score with any player of `players`.
"""
