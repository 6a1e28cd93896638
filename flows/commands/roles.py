"""Who may use which command."""

from __future__ import annotations

from flows.commands.specs import BY_NAME, SPECS, Spec

ROLES = ("viewer", "manager", "admin")
"""Each may do all that those before it may."""


def may(role: str, verb: str) -> bool:
    """Say whether a role may use a verb, by its name; nobody may use an unknown one, an unknown role may nothing."""
    spec = BY_NAME.get(verb)
    return spec is not None and role in ROLES and ROLES.index(role) >= ROLES.index(spec.role)


def allowed(role: str) -> tuple[Spec, ...]:
    """Give the commands that a role may use, in the order of HELP."""
    return tuple(spec for spec in SPECS if may(role, spec.name))
