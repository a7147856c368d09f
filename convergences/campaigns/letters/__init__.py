"""Letters of a campaign: one for each employer, with the form already filled in, as tagged PDF (PDF/UA-1).

`write` makes any number of letters one document, `write_apart` does so in a process of its own: a mailing is drawn by
volumes of `VOLUME` letters, and memory holds one at a time. The words come from the campaign; nothing here reads the
database.
"""

from convergences.campaigns.letters.apart import VOLUME, write_apart
from convergences.campaigns.letters.documents import Undrawable, preview, write
from convergences.campaigns.letters.sheets import Sender, Sheet

__all__ = ["VOLUME", "Sender", "Sheet", "Undrawable", "preview", "write", "write_apart"]
