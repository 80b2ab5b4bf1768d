"""The program's other halves, really started: the local agent with its console, and the gateway. Each with folders of
its own and no settings of the site, and ended again."""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException
from http.cookiejar import CookieJar
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin

from kiosk.app.checks.finding import Skipped, needs_agent
from kiosk.app.checks.road import Road
from kiosk.app.checks.window import broken
from kiosk.settings.places import SETUP_KEY_VARIABLE, for_children
from kiosk.settings.schema import Settings
from kiosk.wire.credentials import CLIENT_ID_VARIABLE, ENDPOINT_VARIABLE, Credentials

READY_WITHIN_S = 300.0  # 400 MB of models from a cold disk, on a machine that has other things to do
ANSWER_WITHIN_S = 20.0
FOLDERS = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")
LOADED = re.compile(r'(?:href|src)="(/static/[^"?#]+)')
IN_A_SHEET = re.compile(r"url\(\s*['\"]?([^'\")]+)")


def service() -> str:
    """It starts, a conversation with it comes to `ready`, and a browser gets every page of the console."""
    needs_agent()
    client_id, setup_key = f"check-{secrets.token_urlsafe(16)}", secrets.token_urlsafe(16)
    told = {CLIENT_ID_VARIABLE: client_id, SETUP_KEY_VARIABLE: setup_key, "KIOSK_SERVICE__TTS": "kokoro"}
    with _started(["service", "--port", "0"], told) as ready:
        endpoint = f"ws://127.0.0.1:{ready['port']}{ready['path']}"
        said = ""
        for _, step in Road(Settings(), lambda: Credentials(endpoint, client_id, "this check")).steps():
            with suppress(Skipped):
                said = step()
        return f"{said}; {_console(ready['console'], setup_key)}"


def gateway() -> str:
    """It starts with the loop that it was measured with, opens its registry, and says on its page that it is well."""
    if os.name == "nt":
        raise Skipped("the gateway runs on Linux and macOS")
    if find_spec("sqlalchemy") is None:
        raise Skipped("the gateway's packages are not installed (profile `kiosk`)")
    told = {
        ENDPOINT_VARIABLE: "ws://127.0.0.1:9/",  # nobody is called before a kiosk comes
        CLIENT_ID_VARIABLE: f"check-{secrets.token_urlsafe(16)}",
        "KIOSK_GATEWAY__PORT": "0",
        "KIOSK_GATEWAY__STATUS_PORT": "0",
    }
    with _started(["gateway"], told) as ready:
        if ready["loop"] != "uvloop" and getattr(sys, "frozen", False):
            raise broken("the gateway runs without its fast loop", Path("uvloop"))
        browser = _Browser(f"http://127.0.0.1:{ready['status_port']}")
        for page in ("/healthz", "/readyz"):
            if browser.get(page).strip() != "ok":
                raise broken(f"the gateway's page {page} does not say ok", Path("kiosk gateway"))
        if "\nkiosk_gateway_" not in browser.get("/metrics"):
            raise broken("the gateway's figures are missing", Path("kiosk gateway"))
        return f"starts on {ready['loop']} and says that it is well"


def _console(url: str, setup_key: str) -> str:
    """Sets it up as the first admin, and walks through everything that its pages load. Raises `Fault`."""
    browser = _Browser(url)
    form = {"key": setup_key, "name": "checker", "password": secrets.token_urlsafe(24)}
    home = browser.get("/setup", form)
    rooms = [place for place in dict.fromkeys(re.findall(r'href="(/[a-z]+)"', home)) if not place.endswith("out")]
    pages = [home, *(browser.get(room) for room in rooms)]
    files = {file for page in pages for file in LOADED.findall(page)}
    for sheet in [file for file in files if file.endswith(".css")]:
        files |= {urljoin(sheet, file) for file in IN_A_SHEET.findall(browser.get(sheet)) if ":" not in file}
    for file in files:
        browser.get(file)
    described = json.loads(browser.get("/api/v1/openapi.json"))
    if len(rooms) < 5 or len(files) < 3 or not described["paths"]:
        raise broken("the console is served without its pages", Path(url))
    routes = sum(len(methods) for methods in described["paths"].values())
    return f"the console serves {len(rooms)} pages, {len(files)} files with them, and describes {routes} routes"


class _Browser:
    """GET, or POST where there is a form, with cookies and past every proxy. Raises `Fault` for whatever is no page."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(CookieJar())
        )

    def get(self, path: str, form: dict[str, str] | None = None) -> str:
        body = urlencode(form).encode() if form is not None else None
        try:
            with self._opener.open(f"{self._url}{path}", body, ANSWER_WITHIN_S) as answer:
                read: bytes = answer.read()
        except (OSError, HTTPException) as error:
            raise broken(f"{path} is not served: {error}", Path(path)) from None
        return read.decode("utf-8", "replace")


@contextmanager
def _started(words: list[str], told: dict[str, str]) -> Iterator[dict[str, Any]]:
    """The ready line of `kiosk WORDS`, which runs until the end of the block. Raises `Fault`."""
    program = [sys.executable, *([] if getattr(sys, "frozen", False) else ["-m", "kiosk"]), *words]
    inherited = {name: value for name, value in for_children(os.environ).items() if not name.startswith("KIOSK_")}
    with tempfile.TemporaryDirectory(prefix="kiosk-check-") as folder, tempfile.TemporaryFile("w+") as errors:
        own = dict.fromkeys(FOLDERS, folder)
        child = subprocess.Popen(
            program, env={**inherited, **own, **told}, stdout=subprocess.PIPE, stderr=errors, text=True
        )
        assert child.stdout is not None
        what = f"kiosk {words[0]}"
        began = time.monotonic()
        late = threading.Timer(READY_WITHIN_S, child.kill)
        late.start()
        try:
            line = child.stdout.readline()
            late.cancel()
            if not line and time.monotonic() - began >= READY_WITHIN_S:
                raise broken(f"it did not say within {READY_WITHIN_S:.0f} s that it is ready", Path(what))
            if not line:
                code = child.wait()
                errors.seek(0)
                said = errors.read().strip().splitlines() or [f"it ended with code {code}"]
                raise broken(f"it does not start: {said[-1]}", Path(what))
            yield json.loads(line)
        finally:
            late.cancel()
            child.terminate()
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            child.stdout.close()
