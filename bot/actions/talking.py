"""REPLY, @, ~, BOT, BAN, UNBAN and what people write that no flow claims: operators and one person, or each other."""

from __future__ import annotations

from bot.actions.base import Call, Done, in_each_language
from bot.actions.persons import find_person, has_opted_out, shown, who
from bot.actions.pictures import check_picture
from bot.actions.templates import content_of_command
from bot.audience import takes_template
from bot.letters import Letter, letter_of, post
from flows.campaigns.personal import words_of
from flows.campaigns.skips import outside_window
from flows.campaigns.templates import Content
from flows.effects import Template
from flows.errors import CommandError
from flows.schedules.durations import parse_duration
from flows.schedules.reading import parse_when
from flows.schedules.values import Moment
from flows.schedules.wording import when_text
from flows.values import DAY, MINUTE, MUTE_STATUSES, ContactStatus
from storage.campaigns.facts import facts_of
from storage.people import Known, block, silence_bot, unblock
from storage.plan import Plan
from storage.unanswered import take_out

SILENT_FOR = "2h"
"""How long the bot is silent where BOT OFF says no time."""
SILENT_AT_MOST = 30 * DAY
"""Nobody forgets a silent bot for longer."""
MAX_CHARACTERS = 1_600


async def reply(call: Call) -> Done:
    """Write to one person, by phone or by short number."""
    known, content = await find_person(call), await content_of_command(call)
    label = shown(call, known)
    if len(content.text) > MAX_CHARACTERS:
        raise CommandError(f"That is {len(content.text)} characters: at most {MAX_CHARACTERS} fit into one message.")
    if known.status in MUTE_STATUSES:
        raise CommandError(f"{label} is {known.status}: nothing was sent.")
    if not call.desk.house.limits.countries.allow(known.address):
        raise CommandError(f"{label} is of a country that ROLLCALL_COUNTRIES does not name: nothing was sent.")
    if await has_opted_out(call, known.address, known.phone):
        raise CommandError(f"{label} has opted out: nothing was sent.")
    letter = await _letter(call, known, content)

    def writes() -> Plan[None]:
        yield from post(call.desk.house, call.row.channel_id or b"", [letter], call.now_at)
        yield from take_out(known.id)

    return Done((Template("operator_replied", {"who": label}),), writes)


async def _letter(call: Call, known: Known, content: Content) -> Letter:
    """Write to a person; raises `CommandError` where WhatsApp takes only an approved template and this is none."""
    async with call.desk.database.read() as connection:
        (facts,) = await facts_of(connection, call.row.workspace_id, [known.id], simulated=call.is_simulated)
    if facts.is_elsewhere:
        where = (
            "only outside the simulator, which reaches nobody there" if call.is_simulated else "only in the simulator"
        )
        raise CommandError(f"{shown(call, known)} has written {where}: nothing was sent.")
    channel = call.desk.house.channels_by_id.get(facts.channel_id or call.row.channel_id or b"")
    is_free = channel is not None and not takes_template(channel, content)
    if channel is not None and is_free and outside_window(channel.transport, facts.last_inbound_at, call.now_at):
        raise CommandError(
            f"{shown(call, known)} has not written on WhatsApp for 24 hours, so it only takes an approved template "
            "now (TEMPLATES lists them): nothing was sent."
        )
    check_picture(call, facts, content)
    if not content.template:
        picture_url = None if content.picture is None else call.desk.picture_url(content.picture, call.now_at)
        return Letter(known.address, (content.text,), picture_url=picture_url)
    words = words_of(facts.name, facts.language, facts.fields, facts.records)
    return letter_of(content, words, known.address)


async def tell_admins(call: Call) -> Done:
    """Write to the other admins."""
    if call.argument("file_url"):
        raise CommandError("~ passes on text alone: nobody was told. Send it again without the file.")
    values = {"name": call.operator_name, "text": call.argument("text")}
    if not any(one.role == "admin" and one.id != call.operator.id for one in call.operators):
        raise CommandError("There is no other admin: nobody was told.")
    return Done((Template("operator_told"),), news=(Template("operator_tells", values),))


async def bot(call: Call) -> Done:
    """Silence the bot for one person for a while, so that a person can talk; or let it speak again."""
    known = await find_person(call)
    off = call.argument("action") == "off"
    until_at = _until(call) if off else None

    def writes() -> Plan[None]:
        yield from silence_bot(known.id, until_at, call.now_at)

    zone = call.desk.house.workspace.time_zone
    moment = None if until_at is None else Moment(until_at)
    until = "" if moment is None else in_each_language(call, lambda language: when_text(moment, zone, language))
    says = Template("operator_bot", {"who": shown(call, known), "when": until})
    news = Template("operator_bot_news", {"name": call.operator_name, "who": who(known), "when": until})
    return Done((says,), writes, news=(news,))


async def ban(call: Call) -> Done:
    """Stop answering one person and writing to them."""
    return await _set_ban(call, is_banned=True)


async def unban(call: Call) -> Done:
    """Take a ban back."""
    return await _set_ban(call, is_banned=False)


async def _set_ban(call: Call, *, is_banned: bool) -> Done:
    known = await find_person(call)
    if any(one.address == known.address for one in call.operators):
        raise CommandError("That is an operator's phone: OPERATOR REMOVE comes first.")
    if not is_banned and known.status != ContactStatus.BLOCKED:
        raise CommandError(f"{shown(call, known)} is not banned.")

    def writes() -> Plan[None]:
        yield from (block if is_banned else unblock)(known.id, call.now_at)
        if is_banned:
            yield from take_out(known.id)

    values = {"who": shown(call, known), "banned": is_banned}
    news = {"who": who(known), "banned": is_banned, "name": call.operator_name}
    return Done((Template("operator_ban", values),), writes, news=(Template("operator_ban_news", news),))


def _until(call: Call) -> int:
    """Read how long, or until when, the bot is silent."""
    text = call.argument("time")
    if not text:
        text = SILENT_FOR
    duration = parse_duration(text)
    if duration is not None:
        until_at = call.now_at + duration
    else:
        when = parse_when(text.removeprefix("until ").removeprefix("hasta "), call.now_at, _zone(call))
        if not isinstance(when, Moment):
            raise CommandError(f"'{text}' is no length of time: write it like BOT OFF @12 2h, or 30m, or 1 day.")
        until_at = when.due_at
    if until_at - call.now_at > SILENT_AT_MOST:
        raise CommandError("The bot can be silent for at most 30 days. For example: BOT OFF @12 2h")
    return -(-until_at // MINUTE) * MINUTE  # people read minutes


def _zone(call: Call) -> str:
    return call.desk.house.workspace.time_zone
