"""Reading `EMAIL_URL`."""

import pytest

from convergences.foundations.smtp_url import is_mailbox, smtp_of


def test_plain_encrypted_and_upgraded_addresses_are_told_apart() -> None:
    assert (smtp_of("smtp://mail.cig.example").port, smtp_of("smtp://mail.cig.example").tls) == (25, False)
    assert (smtp_of("smtps://mail.cig.example").port, smtp_of("smtps://mail.cig.example").tls) == (465, True)
    assert smtp_of("smtp://mail.cig.example:587?starttls=1").starttls
    assert is_mailbox("mailbox:")


def test_a_user_and_password_are_decoded() -> None:
    server = smtp_of("smtp://user%40cig:p%2Fw@mail.cig.example:587?timeout=3.5")
    assert (server.user, server.password, server.timeout) == ("user@cig", "p/w", 3.5)


@pytest.mark.parametrize("url", ["", "http://mail", "smtp://", "mail.cig.example", "smtp://mail?startls=1"])
def test_any_other_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"attendu|inconnues"):
        smtp_of(url)
