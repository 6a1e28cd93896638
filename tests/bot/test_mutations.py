"""Two thousand mutations of signed requests, posted as bytes: none is taken for anything but what was signed."""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import quote, quote_plus, urlencode

import pytest
from aiohttp import web
from twilio.request_validator import RequestValidator

from bot.app import make_app
from bot.providers.twilio.inbound import read_form
from bot.turns import Received
from bot.webhooks.twilio import TwilioWebhooks
from flows.values import InboundMessage, Receipt
from tests.bot.posts import FORM, INBOUND, STATUS
from tests.bot.providers.twilio.test_rewritings import BARE, MMS, PLACE, QUERY, SMS, WHATSAPP
from tests.bot.providers.twilio.test_rewritings import STATUS as RECEIPT

TOKENS = ("the-token", "the-other-token")
BASE = "https://bot.example.org"
MUTATIONS_EACH = 334
"""Of each of six requests: 2,004 in all."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A request on its way."""

    target: str
    body: bytes
    signatures: tuple[str, ...]
    kind: str = FORM
    host: str = "bot.example.org"

    def as_bytes(self) -> bytes:
        """Write it as HTTP."""
        lines = [f"POST {self.target} HTTP/1.1", f"Host: {self.host}", f"Content-Type: {self.kind}"]
        lines += [f"X-Twilio-Signature: {one}" for one in self.signatures]
        lines += [f"Content-Length: {len(self.body)}", "Connection: close"]
        return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + self.body

    def fields(self) -> list[tuple[str, str]]:
        """Read its parameters."""
        if self.kind == FORM:
            return list(read_form(self.body))
        try:
            return [(name, str(value)) for name, value in json.loads(self.body).items()]
        except (ValueError, AttributeError):
            return []

    def with_fields(self, fields: Sequence[tuple[str, str]]) -> Sent:
        """Give it other parameters, under the same signature."""
        body = urlencode(fields) if self.kind == FORM else json.dumps(dict(fields))
        return replace(self, body=body.encode())

    def signed_as(self, url: str, token: str) -> Sent:
        """Sign it, as if it went there, with this token."""
        fields = dict(self.fields()) if self.kind == FORM else {}
        return replace(self, signatures=(str(RequestValidator(token).compute_signature(url, fields)),))


def genuine(target: str, fields: dict[str, str], *, is_json: bool = False, token: str = TOKENS[0]) -> Sent:
    """Write a request as Twilio does."""
    if not is_json:
        return Sent(target, urlencode(fields).encode(), ()).signed_as(BASE + target, token)
    body = json.dumps(fields).encode()
    target = f"{target}?bodySHA256={hashlib.sha256(body).hexdigest()}"
    return Sent(target, body, (), "application/json").signed_as(BASE + target, token)


REQUESTS = {
    "sms": genuine(INBOUND, {**SMS, "Body": "Please CANCEL 12? I said: BLAST community=all & END"}),
    "bare": genuine(INBOUND, BARE, token=TOKENS[1]),
    "whatsapp": genuine(INBOUND, WHATSAPP),
    "mms": genuine(f"{INBOUND}?from=twilio", MMS),
    "json": genuine(INBOUND, PLACE, is_json=True),
    "receipt": genuine(f"{STATUS}?{urlencode(QUERY)}", RECEIPT),
}
Mutation = Callable[[random.Random, Sent], Sent]
PIECES = (
    "Body",
    "STOP",
    "BLAST community: evil",
    "From",
    "+15550100002",
    "OptOutType",
    "MediaUrl0",
    "SmsStatus",
    "é",
    "",
)


def flip_a_bit_of_the_body(dice: random.Random, sent: Sent) -> Sent:
    """Flip any bit."""
    body = bytearray(sent.body or b" ")
    body[dice.randrange(len(body))] ^= 1 << dice.randrange(8)
    return replace(sent, body=bytes(body))


def flip_a_bit_of_the_url(dice: random.Random, sent: Sent) -> Sent:
    """Flip a low bit, so that it stays a line of HTTP."""
    place = dice.randrange(1, len(sent.target))
    letter = chr(ord(sent.target[place]) ^ 1 << dice.randrange(5))
    letter = letter if letter.isprintable() and letter != " " else "x"
    return replace(sent, target=sent.target[:place] + letter + sent.target[place + 1 :])


def flip_a_bit_of_the_signature(dice: random.Random, sent: Sent) -> Sent:
    """Flip a low bit of one letter."""
    if not sent.signatures or not sent.signatures[0]:
        return sent
    first = sent.signatures[0]
    place = dice.randrange(len(first))
    changed = first[:place] + chr(ord(first[place]) ^ 1 << dice.randrange(4)) + first[place + 1 :]
    return replace(sent, signatures=(changed, *sent.signatures[1:]))


def move_bytes(dice: random.Random, sent: Sent) -> Sent:
    """Move the boundary between a name and its value, or between neighbours: what is signed stays the same."""
    pieces = [piece for pair in sorted(sent.fields()) for piece in pair]
    if len(pieces) < 2:
        return sent
    place = dice.randrange(len(pieces) - 1)
    both = pieces[place] + pieces[place + 1]
    usual = len(pieces[place])
    cuts = [cut for cut in range(len(both) + 1) if cut != usual] or [0]
    cut = dice.choice([near for near in cuts if abs(near - usual) <= 2] if dice.random() < 0.5 else cuts)
    pieces[place : place + 2] = [both[:cut], both[cut:]]
    return sent.with_fields(list(zip(pieces[::2], pieces[1::2], strict=True)))


def swallow(dice: random.Random, sent: Sent) -> Sent:
    """Let a value swallow the parameter after it: what is signed stays the same."""
    fields = sorted(sent.fields())
    if len(fields) < 2:
        return sent
    place = dice.randrange(len(fields) - 1)
    (name, value), (next_name, next_value) = fields[place : place + 2]
    return sent.with_fields([*fields[:place], (name, value + next_name + next_value), *fields[place + 2 :]])


def cut_out(dice: random.Random, sent: Sent) -> Sent:
    """Make a parameter of a piece of a value: what is signed stays the same."""
    fields = sorted(sent.fields())
    places = [place for place, (_name, value) in enumerate(fields) if len(value) > 2]
    if not places:
        return sent
    place = dice.choice(places)
    name, value = fields[place]
    start = dice.randrange(len(value) - 1)
    end = dice.randint(start + 1, len(value))
    return sent.with_fields(
        [*fields[:place], (name, value[:start]), (value[start:end], value[end:]), *fields[place + 1 :]]
    )


def add(dice: random.Random, sent: Sent) -> Sent:
    """Add a parameter anywhere."""
    fields = sent.fields()
    fields.insert(dice.randint(0, len(fields)), (dice.choice(PIECES), dice.choice(PIECES)))
    return sent.with_fields(fields)


def remove(dice: random.Random, sent: Sent) -> Sent:
    """Leave a parameter out."""
    fields = sent.fields()
    if fields:
        fields.pop(dice.randrange(len(fields)))
    return sent.with_fields(fields)


def double(dice: random.Random, sent: Sent) -> Sent:
    """Send a parameter twice, as it is or with another value, before or after."""
    if sent.kind != FORM or not sent.fields():
        return replace(sent, body=sent.body + sent.body)
    name, value = dice.choice(sent.fields())
    again = (name, value if dice.random() < 0.5 else dice.choice(PIECES))
    body = urlencode([again]).encode()
    return replace(sent, body=dice.choice((body + b"&" + sent.body, sent.body + b"&" + body)))


def change_a_value(dice: random.Random, sent: Sent) -> Sent:
    """Say something else."""
    fields = sent.fields()
    if fields:
        place = dice.randrange(len(fields))
        fields[place] = (fields[place][0], dice.choice(PIECES))
    return sent.with_fields(fields)


def sign_for_elsewhere(dice: random.Random, sent: Sent) -> Sent:
    """Sign with the right token what was sent to another host, scheme, port, path or query."""
    bases = (
        "http://bot.example.org",
        "https://bot.example.com",
        "https://bot.example.org:8443",
        "https://x@bot.example.org",
    )
    urls = [base + sent.target for base in (*bases, "https://bot.example.org:80", "https://Bot.example.org")]
    urls += [
        BASE + other
        for other in ("", "/", "/webhooks/meta", f"{sent.target}/", f"{sent.target}&x=1", f"{sent.target}?")
    ]
    return sent.signed_as(dice.choice(urls), dice.choice(TOKENS))


def send_elsewhere(dice: random.Random, sent: Sent) -> Sent:
    """Post to another path or with another query what was signed for this one."""
    path, _, query = sent.target.partition("?")
    targets = [f"{path}?{more}" for more in (f"{query}&x=1", f"{query}'", f"x=1&{query}", "", query[:-1], query * 2)]
    targets += [f"{other}?{query}" for other in (path + "/", "/" + path, path.replace("t", "%74", 1), path.upper())]
    targets += [f"{INBOUND}?{query}", f"{STATUS}?{query}", f"{STATUS}?m={'0' * 32}&a=1", path, BASE + sent.target]
    return replace(sent, target=dice.choice([one for one in targets if one != sent.target]))


def sign_with_a_wrong_token(dice: random.Random, sent: Sent) -> Sent:
    """Sign with what is none of the tokens."""
    wrong = ("", f"{TOKENS[0]} ", TOKENS[0].title(), "".join(TOKENS), SMS["AccountSid"])
    return sent.signed_as(BASE + sent.target, dice.choice(wrong))


def bend_the_header(dice: random.Random, sent: Sent) -> Sent:
    """Leave the header out, empty it, send it twice, or decorate it."""
    good = sent.signatures[0] if sent.signatures else ""
    headers = ((), ("",), ("bm8=",), ("bm8=", good), (good, "bm8="), (good, good), ("", good), (f"{good},{good}",))
    more = ((f"sha1={good}",), (good.rstrip("="),), (good.lower(),), (good + "=",), (f'"{good}"',), ("\udcff" + good,))
    return replace(sent, signatures=dice.choice(headers + more))


def say_another_kind(dice: random.Random, sent: Sent) -> Sent:
    """Call the body something else."""
    kinds = (FORM, "application/json", "text/plain", "multipart/form-data; boundary=x", "application/octet-stream")
    return replace(sent, kind=dice.choice((*kinds, FORM + "; charset=utf-16", "Application/JSON; x=y", "")))


def write_it_otherwise(dice: random.Random, sent: Sent) -> Sent:
    """Change the order, the escapes and the Host header, which mean nothing."""
    if sent.kind != FORM:
        return replace(sent, host="evil.example.com")
    fields = dice.sample(sent.fields(), len(sent.fields()))
    escape = dice.choice((quote_plus, quote, lambda text: "".join(f"%{octet:02x}" for octet in text.encode())))
    body = "&".join(f"{escape(name)}={escape(value)}" for name, value in fields)
    return replace(sent, body=body.encode(), host=dice.choice((sent.host, "evil.example.com", "")))


MUTATIONS: tuple[Mutation, ...] = (
    *(flip_a_bit_of_the_body, flip_a_bit_of_the_url, flip_a_bit_of_the_signature, move_bytes, move_bytes, swallow),
    *(cut_out, cut_out, add, remove, double, change_a_value, sign_for_elsewhere, send_elsewhere),
    *(sign_with_a_wrong_token, bend_the_header, say_another_kind, write_it_otherwise),
)


@dataclass(slots=True)
class Door:
    """The webhooks behind a socket, and what they took."""

    port: int = 0
    taken: list[InboundMessage | Receipt] = field(default_factory=list)

    async def receive(self, message: InboundMessage) -> Received:
        """Note a message."""
        self.taken.append(message)
        return Received(bytes(16))

    async def record(self, receipt: Receipt) -> None:
        """Note delivery news."""
        self.taken.append(receipt)

    async def settle(self, _received: Received) -> None:
        """Wait for nothing."""

    async def post(self, sent: Sent) -> tuple[int, list[InboundMessage | Receipt]]:
        """Post a request; gives the status and what it was taken for."""
        self.taken.clear()
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(sent.as_bytes())
        async with asyncio.timeout(10):
            answer = await reader.read()
        writer.close()
        return int(answer.split(b" ", 2)[1]), list(self.taken)


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    """Serve the real webhooks."""
    opened = Door()
    hooks = TwilioWebhooks(SMS["AccountSid"], TOKENS, BASE, opened.receive, opened.record, opened.settle)
    runner = web.AppRunner(make_app(hooks.routes()), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    opened.port = runner.addresses[0][1]
    yield opened
    await runner.cleanup()


@pytest.mark.parametrize("name", REQUESTS)
async def test_no_mutation_is_taken_for_something_else(name: str, door: Door) -> None:
    """Whatever one or two changes make of a signed request: it is refused, or taken for the very same message."""
    original = REQUESTS[name]
    status, meant = await door.post(original)
    assert (status, len(meant)) == (200, 1)
    dice = random.Random(name)  # noqa: S311 the same mutations every time
    accepted: Counter[str] = Counter()
    for number in range(MUTATIONS_EACH):
        first = MUTATIONS[number % len(MUTATIONS)]
        second = dice.choice(MUTATIONS) if dice.random() < 0.25 else None
        sent = first(dice, original)
        sent = second(dice, sent) if second else sent
        status, taken = await door.post(sent)
        assert taken in ([], meant), (first.__name__, second, sent)
        assert (status == 200) == bool(taken), (first.__name__, second, sent, status)
        assert status < 500, (first.__name__, second, sent)
        if taken and not second:
            accepted[first.__name__] += 1
    assert accepted["write_it_otherwise"] > 5
