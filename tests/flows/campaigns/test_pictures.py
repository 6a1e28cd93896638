"""Which files are pictures, and where they can go."""

from __future__ import annotations

import pytest

from flows.campaigns.pictures import ending_of, takes_picture
from flows.values import Transport

US, CANADA, LONDON, JAMAICA = "+12125550102", "+14165550104", "+442071838750", "+18765550100"


def test_pictures_are_told_by_their_first_bytes() -> None:
    """Whatever type the provider names."""
    assert ending_of(b"\xff\xd8\xff\xe0") == "jpg"
    assert ending_of(b"\x89PNG\r\n\x1a\nx") == "png"
    assert (ending_of(b"GIF87a"), ending_of(b"GIF89a")) == ("gif", "gif")
    assert (ending_of(b""), ending_of(b"%PDF-1.7"), ending_of(b"RIFF....WEBP")) == (None, None, None)


@pytest.mark.parametrize(
    ("transport", "ours", "theirs", "picture", "takes"),
    [
        (Transport.SMS, US, CANADA, "a.gif", True),
        (Transport.SMS, US, LONDON, "a.png", False),
        (Transport.SMS, US, JAMAICA, "a.png", False),
        (Transport.SMS, LONDON, US, "a.png", False),
        (Transport.SMS, "20202", US, "a.png", False),
        (Transport.WHATSAPP, US, LONDON, "a.png", True),
        (Transport.WHATSAPP, US, LONDON, "a.gif", False),
        (Transport.RCS, "agent", LONDON, "a.gif", True),
        (Transport.SIMULATOR, LONDON, JAMAICA, "a.gif", True),
    ],
)
def test_where_a_picture_can_go(transport: Transport, ours: str, theirs: str, picture: str, takes: bool) -> None:
    """MMS from and to the US and Canada, WhatsApp without animated pictures."""
    assert takes_picture(transport, ours, theirs, picture) is takes
