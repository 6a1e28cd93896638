"""`rollcall template`: messages that WhatsApp has approved."""

from __future__ import annotations

import asyncio

import click

from bot.runtime.terminal import echo


@click.group()
def template() -> None:
    """Look after the templates that BLAST, SCHEDULE, TEST and REPLY can send: `template NAME: value | value`.

    For example: rollcall template add welcome --sid HX0123456789abcdef0123456789abcdef --text "Hi {{1}}, welcome!"
    """


@template.command("list")
def template_list() -> None:
    """List the templates with their gaps and content SIDs."""
    from bot.message_templates import list_templates
    from bot.settings import load_settings

    for line in asyncio.run(list_templates(load_settings())):
        echo(line)


@template.command("add")
@click.argument("name")
@click.option("--sid", required=True, help="The content SID in Twilio's Content Template Builder: HX and 32 digits.")
@click.option("--text", required=True, help="The approved text, with its gaps as Twilio has them: {{1}} or {{name}}.")
@click.option("--number", "numbers", multiple=True, help="A gap that takes only numbers; may be given again.")
@click.option("--language", default="en", show_default=True)
@click.option("--category", default="utility", show_default=True, help="As WhatsApp filed it.")
def template_add(name: str, sid: str, text: str, numbers: tuple[str, ...], language: str, category: str) -> None:
    """Add the template NAME that WhatsApp has approved, or replace the one of that name."""
    from bot.message_templates import NewTemplate, add_template
    from bot.settings import load_settings

    new = NewTemplate(name, sid, text, numbers, language, category)
    echo(asyncio.run(add_template(load_settings(), new)))


@template.command("remove")
@click.argument("name")
def template_remove(name: str) -> None:
    """Remove the template NAME here; at Twilio it stays."""
    from bot.message_templates import drop_template
    from bot.settings import load_settings

    echo(asyncio.run(drop_template(load_settings(), name)))
