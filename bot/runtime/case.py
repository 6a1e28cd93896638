"""A command on its way through the worker, with those who may command."""

from __future__ import annotations

from dataclasses import dataclass, field

from flows.effects import Say
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
