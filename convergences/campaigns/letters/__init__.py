"""Letters of a campaign: one for each employer, with the form already filled in, as tagged PDF (PDF/UA-1).

`write` makes any number of letters one document; `volumes` cuts a large mailing, for a printer takes no file of
100,000 pages. The words come from the campaign; nothing here reads the database.
"""

from convergences.campaigns.letters.documents import VOLUME, preview, volumes, write
from convergences.campaigns.letters.sheets import Sender, Sheet

__all__ = ["VOLUME", "Sender", "Sheet", "preview", "volumes", "write"]
