"""What the bot says: the files of templates_msg, and operators' own words as they are."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, meta
from jinja2 import Template as Compiled

import templates_msg
from flows.effects import Say, Spoken, Template
from flows.errors import ConfigError, FlowError

FALLBACK = "en"
"""The language that every text exists in."""


class Texts:
    """All texts of all languages, compiled once; raises `ConfigError` when a file is no template."""

    def __init__(self, folder: Path | None = None) -> None:
        root = Path(str(resources.files(templates_msg))) if folder is None else folder
        loader = FileSystemLoader(root)
        environment = Environment(
            loader=loader,
            undefined=StrictUndefined,
            autoescape=False,  # noqa: S701 the texts are plain, no page shows them
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            cache_size=-1,
        )
        self._texts = {path: _compile(environment, f"{path[0]}/{path[1]}.txt") for path in _paths(root)}
        if not any(language == FALLBACK for language, _name in self._texts):
            raise ConfigError(f"There are no texts in {root / FALLBACK}.")

    def languages(self) -> tuple[str, ...]:
        """Name the languages that there are texts in, in alphabetical order."""
        return tuple(sorted({language for language, _name in self._texts}))

    def render(self, say: Say, language: str) -> str:
        """Write a piece of a message; raises `FlowError` for a text that does not exist or lacks a value."""
        if isinstance(say, str):
            return say
        text = self._find(say.name, language)
        return text if isinstance(text, str) else _render(text, say, language)

    def render_reply(self, says: tuple[Say, ...], language: str) -> str:
        """Write a whole message: its pieces below each other, empty ones left out."""
        if len(says) == 1:
            return self.render(says[0], language)
        return "\n".join(piece for say in says if (piece := self.render(say, language)))

    def _find(self, name: str, language: str) -> str | Compiled:
        for code in (language, language.partition("-")[0], FALLBACK):
            text = self._texts.get((code, name))
            if text is not None:
                return text
        raise FlowError(f"There is no text '{name}' in templates_msg/{FALLBACK}.")


@lru_cache(maxsize=1)
def shipped_texts() -> Texts:
    """Give the texts that ship, compiled once in a process: that takes a quarter of a second."""
    return Texts()


def _paths(root: Path) -> list[tuple[str, str]]:
    return [(path.parent.name, path.stem) for path in sorted(root.glob("*/*.txt"))]


def _compile(environment: Environment, path: str) -> str | Compiled:
    """Prepare a text; one that shows no values is rendered for good."""
    try:
        source = (environment.loader or FileSystemLoader(".")).get_source(environment, path)[0]
        compiled = environment.get_template(path)
        return compiled if meta.find_undeclared_variables(environment.parse(source)) else compiled.render().strip()
    except TemplateError as error:
        raise ConfigError(f"The text {path} cannot be used: {error}.") from error


def _render(text: Compiled, say: Template, language: str) -> str:
    try:
        return text.render({name: _written(value, language) for name, value in say.values.items()}).strip()
    except (TemplateError, TypeError) as error:
        raise FlowError(f"The text '{say.name}' cannot be written: {error}.") from error


def _written(value: object, language: str) -> object:
    """Write what is said differently in each language, also in a list."""
    if isinstance(value, list):
        return [_written(one, language) for one in value]
    return value.written(language) if isinstance(value, Spoken) else value
