"""What stands in deploy/ fits the program: commands, paths, settings, limits."""

from __future__ import annotations

import ast
import os
import re
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

ROOT = Path(settings.BASE_DIR)
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
NGINX = (DEPLOY / "nginx" / "kotim-social.conf").read_text()
FOLDERS = {"/opt/kotim-social", "/etc/kotim-social", "/var/lib/kotim-social",
           "/var/backups/kotim-social", "/bin/kill"}  # fmt: skip


def example(name: str) -> dict[str, str]:
    lines = (DEPLOY / name).read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def values(unit: Path, key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", unit.read_text(), re.MULTILINE)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_names_commands_and_folders_that_exist(unit: Path) -> None:
    commands = values(unit, "ExecStart") + values(unit, "ExecStartPre")
    for command in commands:
        assert command.startswith("/opt/kotim-social/.venv/bin/")
        manage = re.search(r"manage\.py (\w+)", command)
        if manage:
            assert manage.group(1) in set(get_commands()), command
        config = re.search(r"--config (\S+)", command)
        if config:
            ast.parse((ROOT / config.group(1)).read_text())
    for path in re.findall(r"(?<![\w.])/[\w./-]+", unit.read_text()):
        assert any(path == folder or path.startswith(folder + "/") for folder in FOLDERS), path
    if unit.suffix == ".timer":
        assert unit.with_suffix(".service").exists()
        assert values(unit, "OnCalendar")
    else:
        assert values(unit, "User") == ["kotim"]
        assert values(unit, "ProtectSystem") == ["strict"]


def test_only_the_backup_knows_the_owner_of_the_tables() -> None:
    knowing = [unit.name for unit in UNITS if "owner.env" in unit.read_text()]
    assert knowing == ["kotim-backup.service"]
    assert "DATABASE_OWNER_URL" not in example("kotim.env.example")
    assert "DATABASE_OWNER_URL" in example("owner.env.example")


def test_the_examples_hold_no_secret_and_only_settings_that_are_read() -> None:
    source = (ROOT / "kotim_social" / "settings.py").read_text()
    for name in ("kotim.env.example", "owner.env.example"):
        for key, value in example(name).items():
            assert f'"{key}"' in source, f"{key} is not a setting"
            if "SECRET" in key or "URL" in key:
                assert "GANTI" in value, key


def test_the_program_has_nothing_to_say_about_the_settings_shown(tmp_path: Path) -> None:
    shown = {key: value.replace("GANTI", secrets.token_urlsafe(64)) for key, value in
             example("kotim.env.example").items()}  # fmt: skip
    shown |= {"KOTIM_VAR_DIR": str(tmp_path), "DEBUG": "off"}
    # Tests in a browser set this one for their own process; a server does not have it.
    around = {k: v for k, v in os.environ.items() if k != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        env=around | shown, cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_nginx_passes_what_the_program_takes_and_logs_no_person() -> None:
    megabytes = int(re.search(r"client_max_body_size (\d+)m", NGINX).group(1))  # type: ignore[union-attr]
    assert megabytes * 1024**2 >= settings.FILE_UPLOAD_MAX_MEMORY_SIZE
    assert "add_header" not in NGINX, "the program sends its headers; a second one doubles them"
    log = re.search(r"log_format kotim (.*?);", NGINX, re.DOTALL).group(1)  # type: ignore[union-attr]
    for word in ("$remote_addr", "$request ", "$request_uri", "$args", "$query_string",
                 "$http_referer", "$http_user_agent", "$remote_user", "$cookie"):  # fmt: skip
        assert word not in log
    for place in re.findall(r"access_log (.*?);", NGINX):
        assert place == "off" or place.endswith(" kotim"), "a log in another format"
    assert example("kotim.env.example")["TRUSTED_PROXIES"] == "1"
    assert "X-Forwarded-For $remote_addr" in NGINX
    # Braces close, and each line of an instruction ends.
    assert NGINX.count("{") == NGINX.count("}")


def test_the_server_s_settings_are_what_the_doctor_asks_for() -> None:
    lines = (DEPLOY / "postgresql" / "kotim.conf").read_text().splitlines()
    shown = dict(line.split(" = ", 1) for line in lines if " = " in line and line[0] != "#")
    assert [shown[key] for key in ("fsync", "full_page_writes", "synchronous_commit")] == ["on"] * 3
    assert int(shown["archive_timeout"]) <= 60
    assert shown["archive_mode"] == "on"
