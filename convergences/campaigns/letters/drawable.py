"""Signs that the fonts of a document hold.

PDF/UA forbids a sign without a drawing (ISO 14289-1, 7.21.8), and typst then refuses the whole document: one employer
whose name somebody pasted with such a sign must not keep hundreds of letters from being made.
"""

import re
import unicodedata

from convergences.foundations.text import french

# Latin, Greek and Cyrillic, their accents (but two breathings), punctuation, currencies: all drawn by typst's fonts.
_NOT_DRAWN = re.compile(
    "[^\u0020-\u007e\u00a0-\u024f\u0300-\u036f\u0370-\u03ff\u0400-\u0484\u0487-\u04ff\u1e00-\u1eff"
    "\u2010-\u2027\u2030-\u205e\u20a0-\u20ba\u2116\u2122]"
)


def shown(text: str) -> str:
    """Return a text with French typography, a question mark in place of what no font draws."""
    return _NOT_DRAWN.sub("?", french(unicodedata.normalize("NFC", text)))
