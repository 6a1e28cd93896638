"""YAML within bounds: files that describe too much end in one clear line, soon and in little memory."""

from __future__ import annotations

import sys
from pathlib import Path
from subprocess import run
from time import perf_counter

import pytest

from bot.workspace.yaml_files import read_documents
from flows.errors import FlowDefinitionError

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{step}: &a{step} [{', '.join([f'*a{step - 1}'] * 10)}]\n" for step in range(1, 12)
)
"""Half a kilobyte that stands for 10^12 values."""
WITHIN = (
    "import resource, runpy; resource.setrlimit(resource.RLIMIT_AS, (1 << 30,) * 2); "
    "runpy.run_module('bot', run_name='__main__')"
)
"""Run the program within a gigabyte of addresses."""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[" * 100_000, "line 1: lists and mappings stand inside each other more than 40 deep"),
        ("a:\n" + "".join(f"{' ' * depth}b{depth}:\n" for depth in range(1, 900)), "more than 40 deep"),
        ("- " * 5_000 + "x", "more than 40 deep"),
        (BOMB, "line 5: the file holds more than 50,000 values"),
        ("- x\n" * 60_000, "more than 50,000 values"),
        ("a: &a [*a]", r"line 1: \*a repeats something that has not ended before it"),
        ("a: *b", r"line 1: \*b repeats something"),
        ("a: b: c", "line 1: this is not YAML: mapping values are not allowed here"),
        ("name: [unclosed\n", "this is not YAML"),
        ("name: \x1b", "this is not YAML"),
        ("year: 2026-02-31", "a date or number in it is impossible"),
        (f"year: {'9' * 5_000}", "a date or number in it is impossible"),
        ("a: !!python/object/apply:os.system ['true']", "this is not YAML"),
        (f"a: {'x' * 1_000_001}", "larger than 1,000 KB"),
    ],
)
def test_too_much_is_one_line(tmp_path: Path, text: str, said: str) -> None:
    """Deep nesting was a RecursionError, an alias bomb of 5 KB a MemoryError, an impossible date a traceback."""
    file = tmp_path / "flow.yaml"
    file.write_text(text, "utf-8")
    started = perf_counter()
    with pytest.raises(FlowDefinitionError, match=said) as refused:
        read_documents(file)
    assert perf_counter() - started < 60
    assert refused.value.message.startswith(str(file))
    assert "\n" not in refused.value.message
    assert "\x1b" not in refused.value.message


def test_what_people_write_is_read(tmp_path: Path) -> None:
    """Anchors, merges, several documents and a byte order mark are ordinary YAML."""
    file = tmp_path / "flow.yaml"
    file.write_text("base: &base {kind: text}\nask: {<<: *base, id: name}\n---\n---\ntitle: Gala\n", "utf-8-sig")
    assert read_documents(file) == [
        {"base": {"kind": "text"}, "ask": {"kind": "text", "id": "name"}},
        {"title": "Gala"},
    ]


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    """A missing file, a folder and Latin-1 are each said in a line."""
    with pytest.raises(FlowDefinitionError, match="No such file"):
        read_documents(tmp_path / "gone.yaml")
    with pytest.raises(FlowDefinitionError, match="Is a directory"):
        read_documents(tmp_path)
    (tmp_path / "old.yaml").write_bytes(b"name: x\ntitle: S\xe4nger")
    with pytest.raises(FlowDefinitionError, match="line 2: this is not UTF-8"):
        read_documents(tmp_path / "old.yaml")


def test_a_bomb_on_the_command_line(tmp_path: Path) -> None:
    """`flows check` of a bomb ends with code 1 and one line, within bounded memory."""
    file = tmp_path / "bomb.yaml"
    file.write_text(BOMB, "utf-8")

    words = [sys.executable, "-c", WITHIN, "flows", "check", str(file)]
    done = run(words, check=False, capture_output=True, text=True)  # noqa: S603 - our own program
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"Error: {file}, line 5:")
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="a device of Unix")
def test_a_device_that_never_ends() -> None:
    """`flows check /dev/zero` read without end, for a device tells no size: it is refused past the bound."""
    with pytest.raises(FlowDefinitionError, match="larger than"):
        read_documents(Path("/dev/zero"))
