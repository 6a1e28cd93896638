"""A command on its way through the worker, with those who may command."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.actions.base import Done, refused
from flows.effects import Say, Template
from flows.values import Operator
from storage.commands import CommandRow


@dataclass(frozen=True, slots=True)
class Case:
    """One command with those who may command now."""

    row: CommandRow
    operator: Operator
    operators: tuple[Operator, ...]
    confirmed: CommandRow | None = None
    """The command that this one's code set off."""
    says: tuple[Say, ...] = field(default=())

    def name_of(self, row: CommandRow) -> str:
        """Name who asked for a command."""
        return next((one.shown for one in self.operators if one.id == row.operator_id), "somebody")

    def admins(self, *but: str) -> list[Operator]:
        """The admins but those of these phones."""
        return [one for one in self.operators if one.role == "admin" and one.address not in but]


def not_allowed(operator: Operator, row: CommandRow) -> Template:
    """Say that the role of an operator does not have a verb."""
    return Template("operator_not_allowed", {"verb": row.verb, "role": operator.role})


def lapsed(case: Case, right: CommandRow, asker: Operator | None) -> Done:
    """Refuse a command at its code: whoever asked for it has lost the right to it since."""
    if asker is not None and asker.id == case.operator.id:
        return refused(not_allowed(asker, right), Template("operator_dropped", {"verb": right.verb}))
    name = "" if asker is None else asker.shown
    return refused(Template("operator_asker_lapsed", {"verb": right.verb, "name": name}))
