"""The simulator in a real browser, at the widths of a desk and of a phone."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, ViewportSize, async_playwright, expect

from tests.bot.simulator.conftest import Client

CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium is installed")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
DESK = ViewportSize(width=1280, height=800)
PHONE = ViewportSize(width=390, height=844)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Start the browser."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        await started.close()


async def _open(browser: Browser, client: Client, *, wide: bool = True, scripts: bool = True) -> tuple[Page, list[str]]:
    context = await browser.new_context(viewport=DESK if wide else PHONE, java_script_enabled=scripts)
    page = await context.new_page()
    page.set_default_timeout(15_000)
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    await page.goto(str(client.make_url("/simulator")))
    return page, problems


async def _take_picture(page: Page, name: str) -> None:
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        await page.screenshot(path=str(Path(folder) / f"{name}.png"))


async def _say(page: Page, name: str, text: str) -> None:
    await page.get_by_label(f"Message from {name}").fill(text)
    await page.get_by_label(f"Message from {name}").press("Enter")


async def test_two_people_at_a_desk(browser: Browser, client: Client) -> None:
    """Two people answer the same survey side by side, by text and by tapping, without a reload."""
    page, problems = await _open(browser, client)
    ada, bo = page.locator("#phone-1"), page.locator("#phone-2")
    await _say(page, "Ada", "FEEDBACK")
    await expect(ada.locator(".outbound .text").last).to_contain_text("from 1 to 5")
    await expect(bo.locator(".bubble")).to_have_count(0)
    await _say(page, "Bo", "feedback")
    await expect(bo.locator(".outbound .text").last).to_contain_text("from 1 to 5")
    await _say(page, "Ada", "5")
    await ada.get_by_role("button", name="The music").click()
    await expect(ada.locator(".outbound .text").last).to_contain_text("come again")
    await expect(ada.locator(".outbound .status").last).to_have_text("delivered")
    await bo.get_by_role("button", name="Photo").click()
    await expect(bo.locator(".inbound .attachment")).to_contain_text("photo.jpg")
    await _say(page, "Bo", "<script>document.title = 'broken'</script>")
    await expect(bo.locator(".inbound .text").last).to_have_text("<script>document.title = 'broken'</script>")
    await expect(page).to_have_title("Rollcall · Simulator")
    await _take_picture(page, "desk")
    await page.get_by_role("link", name="Add a phone").click()
    await expect(page.locator(".phone")).to_have_count(3)
    await expect(page.locator("#phone-1 .inbound")).to_have_count(3)
    assert problems == []


async def test_one_person_at_a_time_on_a_phone(browser: Browser, client: Client) -> None:
    """On a small screen a tab changes the person, and nothing is wider than the screen."""
    page, problems = await _open(browser, client, wide=False)
    await expect(page.locator("#phone-2")).to_be_hidden()
    await _say(page, "Ada", "FEEDBACK")
    await expect(page.locator("#phone-1 .outbound .text").last).to_contain_text("from 1 to 5")
    await _say(page, "Ada", "4")
    await expect(page.locator("#phone-1").get_by_role("button", name="The music")).to_be_visible()
    await _take_picture(page, "phone")
    await page.get_by_role("link", name="Bo").click()
    await expect(page.locator("#phone-1")).to_be_hidden()
    await _say(page, "Bo", "HELP")
    await expect(page.locator("#phone-2 .outbound")).to_have_count(1)
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert problems == []


async def test_it_works_without_scripts(browser: Browser, client: Client) -> None:
    """Forms alone carry a conversation."""
    page, _problems = await _open(browser, client, scripts=False)
    for text in ("FEEDBACK", "5"):
        await _say(page, "Bo", text)
        await expect(page.locator("#phone-2 .inbound .text").last).to_have_text(text)
    await page.locator("#phone-2").get_by_role("button", name="The food").click()
    await expect(page.locator("#phone-2 .outbound .text").last).to_contain_text("come again")
    await expect(page.locator("#phone-2 .outbound .text").last).to_be_in_viewport()
    await _take_picture(page, "plain")


async def test_it_is_readable_in_the_dark(browser: Browser, client: Client) -> None:
    """The page follows the reader's colours."""
    page, _problems = await _open(browser, client)
    light = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    await page.emulate_media(color_scheme="dark")
    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") != light
    await _say(page, "Ada", "HELP")
    await expect(page.locator("#phone-1 .outbound")).to_have_count(1)
    await _take_picture(page, "dark")
