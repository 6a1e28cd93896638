"""Flow definitions in YAML files: surveys and events, checked and saved."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bot.runtime.terminal import one_line
from bot.workspace.yaml_files import read_documents
from flows.errors import FlowDefinitionError
from flows.registration.definition import EventDefinition, parse_event
from flows.surveys.cautions import cautions
from flows.surveys.definition import Survey, parse_survey
from flows.values import Key
from storage.catalogue import save_event, save_survey
from storage.plan import Plan

Definition = Survey | EventDefinition


def read_definitions(path: Path, now_at: int, time_zone: str = "UTC") -> tuple[Definition, ...]:
    """Read every document of a YAML file; raises `FlowDefinitionError` naming file, document and place."""
    documents = read_documents(path)
    if not documents:
        raise FlowDefinitionError(f"{path}: holds no survey and no event.")
    return tuple(_parse(path, place, one, now_at, time_zone) for place, one in enumerate(documents, 1))


def save_definitions(workspace_id: Key, definitions: tuple[Definition, ...], now_at: int) -> Plan[list[str]]:
    """Save definitions in one transaction, events first (surveys link to them); gives a line about each."""
    lines = []
    for one in definitions:
        if isinstance(one, EventDefinition):
            number = yield from save_event(workspace_id, one, now_at)
            lines.append(f"Event {number} '{one_line(one.title)}': {', '.join(one.keywords)}")
    for one in definitions:
        if isinstance(one, Survey):
            version = yield from save_survey(workspace_id, one, now_at)
            lines.append(f"Survey '{one_line(one.name)}' version {version}: {', '.join(one.keywords)}")
    return lines


def caution_lines(definitions: tuple[Definition, ...]) -> list[str]:
    """Return a line for each choice of a survey that is read as a stop, start or help word."""
    surveys = (one for one in definitions if isinstance(one, Survey))
    return [f"Survey '{survey.name}', {line}" for survey in surveys for line in cautions(survey)]


def _parse(path: Path, place: int, document: object, now_at: int, time_zone: str) -> Definition:
    where = f"{path}, document {place}"
    if not isinstance(document, Mapping):
        raise FlowDefinitionError(f"{where}: is no survey and no event; it begins with 'name:' or 'title:'.")
    try:
        if "title" in document:
            return parse_event(document, now_at, time_zone)
        return parse_survey(document)
    except FlowDefinitionError as error:
        raise FlowDefinitionError(f"{where}: {error.message}") from error
