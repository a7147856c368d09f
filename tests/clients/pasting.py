"""`python -m tests.clients.pasting FOLDER SLUG…`: writes what the engineer's pages say to paste, a file each."""

import sys
from pathlib import Path

import django


def main() -> None:
    """Write the texts of the applications of these names, as `SLUG.KEY`."""
    django.setup()
    from convergences.catalog.models import Application
    from convergences.web.panels.panel import panel_of

    folder, *slugs = sys.argv[1:]
    for application in Application.objects.filter(slug__in=slugs):
        panel = panel_of(application.protocol)
        assert panel is not None
        for snippet in panel.snippets(application):
            assert "À régler" not in snippet.warning
            (Path(folder) / f"{application.slug}.{snippet.key}").write_text(snippet.text)


if __name__ == "__main__":
    main()
