"""YAML files, read within bounds: a small file can describe more than memory holds, or nest until Python gives up."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from flows.errors import FlowDefinitionError

BYTE_LIMIT = 1_000_000
DEPTH_LIMIT = 40
VALUE_LIMIT = 50_000
"""Values in a file, those that an alias repeats counted each time."""


def read_documents(path: Path) -> list[Any]:
    """Read every document of a YAML file; raises `FlowDefinitionError`, in one line, for one that cannot be read."""
    text = _text_of(path)
    try:
        _check(path, text)
        return [document for document in yaml.safe_load_all(text) if document is not None]
    except yaml.YAMLError as error:
        raise FlowDefinitionError(
            f"{path}{_line(getattr(error, 'problem_mark', None))}: this is not YAML: {_problem(error)}."
        ) from error
    except (ValueError, OverflowError, RecursionError) as error:  # a date such as 2026-02-31, a number of 5,000 digits
        raise FlowDefinitionError(f"{path}: a date or number in it is impossible ({str(error)[:80]}).") from error


@dataclass(slots=True)
class _Sizes:
    """How many values stand under each anchor, and in what is open now."""

    by_anchor: dict[str, int] = field(default_factory=dict)
    open_counts: list[int] = field(default_factory=lambda: [0])
    open_anchors: list[str | None] = field(default_factory=list)

    def add(self, count: int, anchor: str | None) -> None:
        """Count a value, or what an alias repeats."""
        self.open_counts[-1] += count
        if anchor is not None:
            self.by_anchor[anchor] = count

    def begin(self, anchor: str | None) -> None:
        """Open a list or a mapping."""
        self.open_counts.append(1)
        self.open_anchors.append(anchor)
        if anchor is not None:
            self.by_anchor.pop(anchor, None)  # until it is closed nothing may repeat it

    def end(self) -> None:
        """Close it."""
        self.add(self.open_counts.pop(), self.open_anchors.pop())


def _check(path: Path, text: str) -> None:
    """Count values and depth without building any; raises `FlowDefinitionError`, `yaml.YAMLError`."""
    sizes = _Sizes()
    for event in yaml.parse(text):
        if isinstance(event, yaml.CollectionStartEvent):
            sizes.begin(event.anchor)
        elif isinstance(event, yaml.CollectionEndEvent):
            sizes.end()
        elif isinstance(event, yaml.ScalarEvent):
            sizes.add(1, event.anchor)
        elif isinstance(event, yaml.AliasEvent):
            _repeat(path, sizes, event)
        where = f"{path}{_line(event.start_mark)}"
        if len(sizes.open_anchors) > DEPTH_LIMIT:
            raise FlowDefinitionError(
                f"{where}: lists and mappings stand inside each other more than {DEPTH_LIMIT} deep."
            )
        if sum(sizes.open_counts) > VALUE_LIMIT:
            raise FlowDefinitionError(f"{where}: the file holds more than {VALUE_LIMIT:,} values, aliases counted.")


def _repeat(path: Path, sizes: _Sizes, event: yaml.AliasEvent) -> None:
    count = sizes.by_anchor.get(event.anchor or "")
    if count is None:
        raise FlowDefinitionError(
            f"{path}{_line(event.start_mark)}: *{event.anchor} repeats something that has not ended before it."
        )
    sizes.add(count, None)


def _text_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            read = file.read(BYTE_LIMIT + 1)  # a device or a pipe tells no size beforehand, and may never end
        if len(read) > BYTE_LIMIT:
            raise FlowDefinitionError(
                f"{path}: is larger than {BYTE_LIMIT // 1_000:,} KB; split it into several files."
            )
        return read.decode("utf-8-sig")
    except OSError as error:
        raise FlowDefinitionError(f"{path}: cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise FlowDefinitionError(f"{path}, line {line}: this is not UTF-8. Save the file as UTF-8.") from error


def _line(mark: Any) -> str:
    return "" if mark is None else f", line {mark.line + 1}"


def _problem(error: yaml.YAMLError) -> str:
    """Return what is wrong without the quoted lines, which hold whatever the file holds."""
    parts = (getattr(error, "context", None), getattr(error, "problem", None))
    return ", ".join(part for part in parts if part) or str(error).split("\n")[0]
