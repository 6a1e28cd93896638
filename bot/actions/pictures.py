"""The picture that came with an operator's command, kept so that it can go out with the text."""

from __future__ import annotations

from bot.actions.base import Call
from bot.audience import takes_content
from flows.campaigns.pictures import ending_of
from flows.campaigns.templates import Content
from flows.errors import CommandError
from flows.values import Transport
from storage.campaigns.facts import Facts
from storage.pictures import find_picture, save_picture


async def take_picture(call: Call) -> str | None:
    """Keep the picture of a command and return its name, None where there is none; raises `CommandError`."""
    url = call.argument("file_url")
    if not url:
        return None
    count = call.number("file_count") or 1
    if count > 1:
        raise CommandError(f"{count} files came with that, and only one picture goes out with a text: send one.")
    if not call.desk.house.is_public and _needs_address(call):
        raise CommandError(
            "A picture only goes out where ROLLCALL_PUBLIC_URL is set, because the provider fetches it from there. "
            "Nothing was sent: set it, or send the text without the picture."
        )
    workspace_id = call.row.workspace_id
    known = await call.desk.database.run(find_picture(workspace_id, url))
    return known or await _keep(call, url)


async def _keep(call: Call, url: str) -> str:
    content = await call.desk.files.run(lambda: call.desk.fetch(url))
    ending = ending_of(content)
    if ending is None:
        raise CommandError(
            "The file that came with that is not a JPEG, PNG or GIF picture, and only those go out with a text. "
            "Nothing was sent: send the text without it, or with a picture."
        )
    plan = save_picture(call.row.workspace_id, url, content, ending, call.now_at)
    name = await call.desk.database.run(plan)
    if name is None:
        raise CommandError("There is no room for more pictures: those of past campaigns are deleted after 30 days.")
    return name


def check_picture(call: Call, facts: Facts, content: Content) -> None:
    """Raise `CommandError` where a picture cannot go to one person."""
    channel = call.desk.house.channels_by_id.get(facts.channel_id or call.row.channel_id or b"")
    address = facts.channel_address or facts.address
    if channel is not None and not takes_content(call.desk.house, channel, address, content):
        raise CommandError(
            "This picture cannot go there: SMS carries pictures only within the US and Canada, and WhatsApp takes JPEG "
            "and PNG. Nothing was sent."
        )


def _needs_address(call: Call) -> bool:
    channels = call.desk.house.channels_by_id.values()
    return any(channel.transport is not Transport.SIMULATOR for channel in channels)
