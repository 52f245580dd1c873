"""Writing any bars of any tracks of a piece, with what stays around them and with limits that hold.

A `Sheet` is a piece with room in it and with `Limits`; `fill` writes what is selected. It cuts the selection into passages, shows
the composer the bars around each, guides its drafts by the grammar of the stream, what the sheet says of each bar, and the
limits, and keeps the draft that the critic likes best. `violations` looks at what came of it with other eyes.
"""

from boya.composing.filling.checks import violations
from boya.composing.filling.fill import Filled, fill
from boya.composing.filling.limits import Limits, TrackLimits
from boya.composing.filling.sheet import Selection, Sheet

__all__ = ["Filled", "Limits", "Selection", "Sheet", "TrackLimits", "fill", "violations"]
