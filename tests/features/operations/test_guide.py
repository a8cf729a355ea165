"""The guide to deploying says what holds: its units, its proxy, its commands."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from flask import Flask

from tests.support.database import ROOT

GUIDE = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
UNITS = dict(
    re.findall(
        r"`/etc/systemd/system/(jangkau[\w-]*\.service)`:\n\n```ini\n(.*?)```", GUIDE, re.DOTALL
    )
)
NGINX = re.findall(r"```nginx\n(.*?)```", GUIDE, re.DOTALL)[0]
CIPHERS = re.findall(r"ssl_ciphers +(\S+);", NGINX)[0]
MOST_EXPOSED = 2.5
TYPED = "\n".join(re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL))
INSTALLED = re.findall(r"apt-get install -y ((?:.|\\\n)*?[^\\])\n", TYPED)[0].split()
# A bare Debian has none of these.
PACKAGES = {
    "adduser": "adduser",
    "curl": "curl",
    "editor": "nano",
    "git": "git",
    "make": "make",
    "nginx": "nginx",
    "psql|createdb": "postgresql",
    "python3": "python3-venv",
    "rsync": "rsync",
    "ssh": "openssh-server",
}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="a machine without systemd")
@pytest.mark.parametrize("name", ["jangkau.service", "jangkau-backup.service"])
def test_systemd_finds_the_units_little_exposed(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(UNITS[name])
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(tmp_path / name)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    exposed = re.search(r"exposure level for \S+: ([\d.]+)", said)
    assert exposed, said
    assert float(exposed[1]) <= MOST_EXPOSED


def test_data_and_memory_of_the_service_are_bounded() -> None:
    unit = UNITS["jangkau.service"].splitlines()
    assert {"StateDirectoryMode=0750", "UMask=0077"} <= set(unit)
    assert any(line.startswith("MemoryMax=") for line in unit)


def test_the_proxy_speaks_only_what_is_safe_and_slows_floods() -> None:
    assert "ssl_protocols       TLSv1.2 TLSv1.3;" in NGINX
    assert NGINX.count("{") == NGINX.count("}")
    assert NGINX.index("server_tokens off;") < NGINX.index("server {"), "for every server"
    assert re.search(r"location ~ \^/\(login\|reset\)\$ \{\n +limit_req zone=jangkau_login", NGINX)
    assert all(re.match("ECDHE-.*(?:GCM|CHACHA20)", one) for one in CIPHERS.split(":"))
    passed = re.findall(r"location [^{]*\{(.*?)\n    \}", NGINX, re.DOTALL)
    assert all("X-Forwarded-For $remote_addr" in body for body in passed if "proxy_pass" in body)


def test_the_proxy_leads_no_phone_to_https_in_silence_and_answers_to_one_name_alone() -> None:
    plain = re.findall(r"listen 80;.*?\n\}", NGINX, re.DOTALL)
    assert len(plain) == 1
    assert plain[0].index("location /sync/ { return 403; }") < plain[0].index("return 301")
    others = re.findall(r"server \{[^}]*default_server;[^}]*\}", NGINX)
    assert len(others) == 2
    assert not [one for one in others if "proxy_pass" in one]


def test_the_certificate_can_be_renewed_behind_the_proxy() -> None:
    root = re.findall(r"certbot certonly --webroot -w (\S+)", TYPED)[0]
    assert f"location /.well-known/acme-challenge/ {{ root {root}; }}" in NGINX
    written = set(re.findall(r"^sudo ln -s \S+ (/etc/ssl/\S+)$", TYPED, re.M))
    assert written == set(re.findall(r"ssl_certificate\w* +(\S+);", NGINX))


def test_a_bare_debian_gets_every_program_that_is_typed() -> None:
    for words, package in PACKAGES.items():
        assert re.search(rf"\b(?:{words})\b", TYPED), words
        assert package in INSTALLED, package


def test_what_root_does_is_typed_with_sudo_and_a_database_is_utf8() -> None:
    assert not re.findall(r"^(?:systemctl|apt-get|adduser|install|editor|cp|mv) .*", TYPED, re.M)
    made = re.findall(r"\bcreatedb .*", TYPED)
    assert len(made) == 2
    assert all("--encoding UTF8 --template template0" in line for line in made)


def test_every_file_that_the_guide_shows_is_made_and_started() -> None:
    for name in (*UNITS, "jangkau-backup.timer"):
        assert f"`/etc/systemd/system/{name}`" in GUIDE
    assert "sudo install -m 755 /dev/null /usr/local/bin/jk" in TYPED
    assert "sudo systemctl enable --now jangkau-backup.timer" in TYPED
    assert "sudo ln -s /etc/nginx/sites-available/jangkau /etc/nginx/sites-enabled/" in TYPED


def test_words_of_the_screens_are_those_of_the_screens() -> None:
    folder = ROOT / "outreach" / "translations" / "id"
    shown = {
        text.rstrip("?")
        for path in folder.glob("*.json")
        for text in json.loads(path.read_text(encoding="utf-8")).values()
    }
    walk = GUIDE[GUIDE.index("**To the first") : GUIDE.index("## 7.")]
    named = set(re.findall(r"\*([\w ]+)\*(?!\*)", walk)) | {"Nomor yang hilang"}
    assert {"Akun", "Penugasan", "Pekerja", "Siap berangkat", "Nonaktifkan"} <= named
    assert named <= shown


def test_settings_are_read_by_systemd_alone() -> None:
    assert ". /etc/jangkau.env" not in GUIDE
    assert GUIDE.count("EnvironmentFile=/etc/jangkau.env") == len(UNITS) + 1, "units and jk"


def test_every_command_of_the_guide_is_one(sqlite_app: Flask) -> None:
    typed = re.findall(
        r"^(?:jk|FLASK_APP=wsgi \.venv/bin/flask) ([a-z]+)(?: ([a-z-]+))?", GUIDE, re.M
    )
    assert len(typed) > 5
    for group, name in typed:
        found = sqlite_app.cli.commands.get(group)
        assert found is not None or group == "db", group
        if name and hasattr(found, "commands"):
            assert name in found.commands, f"{group} {name}"  # type: ignore[union-attr]
