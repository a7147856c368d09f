"""In which characters a request says that it is written: UTF-8, or nobody answers it but to say so.

Django reads addresses and forms in whatever `charset` the sender writes. Python has "encodings" that decode no text
(`rot13`), always fail (`undefined`) or make half characters (`raw_unicode_escape`): each address would break down.
"""

from django.utils.http import parse_header_parameters

from convergences.web.machines.hot import Answer

_OURS = frozenset({"utf-8", "utf8"})
REFUSAL = Answer(415, (("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")), b"UTF-8 only.")


def is_ours(content_type: str) -> bool:
    """Tell whether a Content-Type is one that Django can read, and says nothing of characters that are not ours."""
    if ";" not in content_type:
        return True
    try:
        _kind, parameters = parse_header_parameters(content_type)
    except (ValueError, LookupError):
        return False
    return parameters.get("charset", "utf-8").lower() in _OURS
