"""What goes into the repository and the image, and what the container is told: read from the files themselves."""

from __future__ import annotations

import subprocess
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
DATABASES = ("data/rollcall.db", "data/rollcall.db-wal", "data/backups/rollcall.db")


def test_no_database_and_no_secret_is_committed() -> None:
    """Git ignores the data folder and `.env`, whatever lies in them."""
    for path in (*DATABASES, ".env"):
        ignored = subprocess.run(["git", "check-ignore", "-q", path], cwd=ROOT, check=False)  # noqa: S603, S607
        assert ignored.returncode == 0, path


def test_no_database_and_no_secret_goes_into_the_image() -> None:
    """Docker's ignore file leaves out the data folder, `.env` and the repository's history."""
    assert {"data", ".env", ".git"} <= set((ROOT / ".dockerignore").read_text("utf-8").split())


def test_the_container_listens_to_the_outside_whatever_env_says() -> None:
    """`.env.example` copied to `.env` made the container listen on its own 127.0.0.1: fixed settings win."""
    service = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]["rollcall"]
    assert service["env_file"] == ".env"
    assert service["environment"]["ROLLCALL_HOST"] == "0.0.0.0"  # noqa: S104 - within the container
    assert service["environment"]["DB_PATH"] == ""
    assert service["environment"]["ROLLCALL_PORT"] == 8080
    assert 'CMD ["rollcall", "serve", "--host", "0.0.0.0"]' in (ROOT / "Dockerfile").read_text("utf-8")


def test_what_is_kept_outlives_the_container() -> None:
    """The data folder of the image is a volume, and compose gives it and PostgreSQL's a name."""
    assert "VOLUME /app/data" in (ROOT / "Dockerfile").read_text("utf-8")
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
    assert compose["services"]["rollcall"]["volumes"] == ["rollcall:/app/data"]
    assert compose["volumes"].keys() == {"rollcall", "postgres"}


def test_ci_starts_from_nothing() -> None:
    """`make test` failed on a stock Python unseen: CI makes a new environment, and nothing is resolved."""
    script = (ROOT / ".ci" / "run").read_text("utf-8")
    assert "PIP_NO_CACHE_DIR=1" in script
    assert "mktemp" in script
    makefile = (ROOT / "Makefile").read_text("utf-8")
    installs = [line for line in makefile.splitlines() if "pip install" in line]
    assert len(installs) >= 4
    assert all("--no-deps" in line for line in installs)
