"""The two servers: a bare handler that parses the form, and Rollcall's inbox behind its real webhook."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from aiohttp import web

from bot.app import make_app
from bot.clock import wall_clock
from bot.house import House
from bot.inbox import Inbox
from bot.memory import settle_memory
from bot.texts import Texts
from bot.turns import Received
from bot.webhooks.twilio import TwilioWebhooks
from flows.surveys.definition import parse_survey
from flows.values import Receipt, Workspace
from storage.catalogue import save_survey
from storage.channels import save_workspace
from storage.database import open_database
from storage.keys import new_key
from storage.migrate import upgrade

ACCOUNT = "AC00000000000000000000000000000000"
TOKEN = "not-a-secret"
PUBLIC_URL = "https://bench.example.org"
QUESTIONS = 50


async def _bare(request: web.Request) -> web.Response:
    await request.post()
    return web.Response()


async def _rollcall(folder: Path) -> web.Application:
    url = f"sqlite:///{folder / 'bench.db'}"
    await upgrade(url)
    database = await open_database(url)
    workspace = Workspace(id=new_key())
    await database.run(save_workspace(workspace, wall_clock()))
    questions = [
        {"id": f"q{number}", "type": "choice", "text": f"Question {number}?", "choices": ["Red", "Green", "Blue"]}
        for number in range(QUESTIONS)
    ]
    survey = parse_survey({"name": "Bench", "keywords": ["BENCH"], "questions": questions})
    await database.run(save_survey(workspace.id, survey, wall_clock()))
    inbox = Inbox(database, House(workspace, Texts(), b"k"), wall_clock)
    inbox.start(lambda _received: None)

    async def nothing(_value: Receipt | Received) -> None:
        return None

    hooks = TwilioWebhooks(ACCOUNT, (TOKEN,), PUBLIC_URL, inbox.put, nothing, nothing)
    return make_app(hooks.routes())


async def serve(kind: str, folder: Path) -> None:
    """Serve until the process is ended; prints the port."""
    if kind == "bare":
        app = web.Application()
        app.router.add_post("/webhooks/twilio/inbound", _bare)
    else:
        app = await _rollcall(folder)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=1024)
    await site.start()
    settle_memory()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], Path(sys.argv[2])))
