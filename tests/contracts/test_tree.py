"""House rules that no type checker knows: about paths, secrets, length, exceptions and sockets."""

from __future__ import annotations

import ast
import re
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("kiosk", "tests", "packaging", ".ci", "assets")
SKIPPED = {"__pycache__", ".venv"}
LONGEST = 400  # lines of a module; a longer one is two ideas
LONGEST_TEST = 600  # a table of cases may be long

# Where everything may be caught: around a task, around the program, around a key ring's back
# end, which is a plug-in of its library, and around the loading of a plug-in (anywhere).
BOUNDARIES = (
    *("kiosk/app/", "kiosk/cli.py", "kiosk/service/server.py", "kiosk/gateway/door.py", "kiosk/wire/key_ring.py"),
    "kiosk/service/workers/work.py",
)

# Folders that exist on one machine only (the one this checkout is in among them), and hosts of package registries.
SHARED = (Path("/"), Path(tempfile.gettempdir()))  # a checkout right below these is not alone there
HERE = re.escape(str(ROOT if ROOT.parent in SHARED else ROOT.parent))
MACHINE_PATH = re.compile(
    rf"(?<![\w.])(?:{HERE}|/root)/|/(?:home|Users)/(?!kiosk\b|USER\b|somebody\b)\w+/|/tmp/\w+/|[A-Z]:\\Users\\"
)
REGISTRY = re.compile(r"\b(?:pypi|pythonhosted|npmjs|debian)\.(?:org|com|net)\b")
SECRET = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_\w{30,}|\bsk-[\w-]{20,}"
    r"|\beyJ[\w-]{20,}\.[\w-]{20,}"
    r"|(?i:client_?id|token|secret|password)['\"]?\s*[:=]\s*['\"][A-Za-z0-9+/_-]{24,}['\"]"
)


def files(*suffixes: str) -> list[Path]:
    found = [path for path in ROOT.iterdir() if path.is_file()]
    for room in ROOMS:
        found += [path for path in (ROOT / room).rglob("*") if path.is_file() and not SKIPPED & set(path.parts)]
    return sorted(path for path in found if not suffixes or path.suffix in suffixes)


def texts() -> Iterator[tuple[str, str]]:
    for path in files():
        data = path.read_bytes()
        if path != Path(__file__).resolve() and b"\0" not in data and path.name != "minilm_tokenizer.json":
            yield str(path.relative_to(ROOT)), data.decode("utf-8")


def modules(room: str = "kiosk") -> Iterator[tuple[str, ast.Module]]:
    for path in files(".py"):
        name = path.relative_to(ROOT).as_posix()
        if name.startswith(f"{room}/"):
            yield name, ast.parse(path.read_text("utf-8"), name)


def hits(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name}:{number}: {found[0]}"
        for name, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if (found := pattern.search(line))
    ]


def test_the_tree_is_seen() -> None:
    names = {name for name, _ in texts()}
    assert {"pyproject.toml", "LICENSE", "kiosk/core/fault.py", "packaging/run", ".ci/run"} <= names


@pytest.mark.parametrize("pattern", [MACHINE_PATH, REGISTRY, SECRET], ids=["machine path", "registry host", "secret"])
def test_no_file_holds(pattern: re.Pattern[str]) -> None:
    assert hits(pattern) == []


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (MACHINE_PATH, f"cd {ROOT}/"),
        (MACHINE_PATH, "see /home/ann/x"),
        (REGISTRY, "https://files.pythonhosted.org/x"),
        (SECRET, "-----BEGIN PRIVATE KEY-----"),
        (SECRET, 'client_id = "9f8e7d6c5b4a39281706f5e4d3c2b1a0"'),
    ],
)
def test_the_patterns_find_what_they_look_for(pattern: re.Pattern[str], line: str) -> None:
    assert pattern.search(line)


def test_no_module_is_too_long() -> None:
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text("utf-8").splitlines()) for path in files(".py")}
    assert {name: lines for name, lines in lengths.items() if lines > limit(name)} == {}


def limit(name: str) -> int:
    return LONGEST_TEST if name.startswith("tests/") else LONGEST


def test_packaging_is_no_package() -> None:
    """It would shadow the library of that name, which pip, pytest and PyInstaller import."""
    assert not list((ROOT / "packaging").rglob("__init__.py"))


# --- exceptions ---------------------------------------------------------------------------------------------------


def catches_everything(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(
        kind is None or (isinstance(kind, ast.Name) and kind.id in {"Exception", "BaseException"}) for kind in kinds
    )


def raises_again(handler: ast.ExceptHandler) -> bool:
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def logs_the_traceback(handler: ast.ExceptHandler) -> bool:
    calls = [node for node in ast.walk(handler) if isinstance(node, ast.Call)]
    return any(
        (isinstance(call.func, ast.Attribute) and call.func.attr == "exception")
        or any(keyword.arg == "exc_info" for keyword in call.keywords)
        for call in calls
    )


def loads_a_plug_in(attempt: ast.Try) -> bool:
    calls = [node for line in attempt.body for node in ast.walk(line) if isinstance(node, ast.Call)]
    return any(isinstance(call.func, ast.Attribute) and call.func.attr == "load" and not call.args for call in calls)


def broad_handlers() -> Iterator[tuple[str, ast.Try, ast.ExceptHandler]]:
    """Those that swallow; one that cleans up and raises again is none."""
    for name, tree in modules():
        for attempt in ast.walk(tree):
            if isinstance(attempt, ast.Try):
                for handler in attempt.handlers:
                    if catches_everything(handler) and not raises_again(handler):
                        yield name, attempt, handler


def test_everything_is_caught_only_at_the_boundaries() -> None:
    elsewhere = [
        f"{name}:{handler.lineno}"
        for name, attempt, handler in broad_handlers()
        if not name.startswith(BOUNDARIES) and not loads_a_plug_in(attempt)
    ]
    assert elsewhere == []


def test_the_boundaries_log_the_traceback() -> None:
    assert [
        f"{name}:{handler.lineno}" for name, _, handler in broad_handlers() if not logs_the_traceback(handler)
    ] == []


# --- the voice socket ---------------------------------------------------------------------------------------------
# PCM is not worth compressing: permessage-deflate saves 14 % and costs latency in every frame, and both ends of the
# library have it on by default.


def keyword(call: ast.Call, name: str) -> str:
    return next((ast.unparse(word.value) for word in call.keywords if word.arg == name), "left out")


def last_word(node: ast.expr) -> str:
    return ast.unparse(node).split(".")[-1]


def calls_into(library: str, *names: str) -> Iterator[tuple[str, ast.Call]]:
    """Calls of a library's functions and classes, however they were imported, and of what is derived from them here."""
    for name, tree in modules():
        nodes = list(ast.walk(tree))
        imports = [node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]
        if any(library in ast.unparse(node).replace(".", " ").split() for node in imports):
            derived = {
                node.name
                for node in nodes
                if isinstance(node, ast.ClassDef) and {last_word(base) for base in node.bases} & {*names}
            }
            for node in nodes:
                if isinstance(node, ast.Call) and last_word(node.func) in {*names, *derived}:
                    yield f"{name}:{node.lineno}", node


def test_the_kiosk_says_itself_whether_it_compresses() -> None:
    sockets = {place: keyword(call, "compression") for place, call in calls_into("websockets", "connect", "serve")}
    assert sockets, "the kiosk opens no voice socket: look for it under its new name"
    assert [place for place, value in sockets.items() if "None" not in value] == []


def test_the_service_does_not_compress() -> None:
    servers = {place: keyword(call, "ws_per_message_deflate") for place, call in calls_into("uvicorn", "Config")}
    assert servers, "the service starts no server: look for it under its new name"
    assert set(servers.values()) == {"False"}, servers


def test_no_dialect_asks_for_compression() -> None:
    dialects = [path for path in files(".toml") if path.parent.name == "dialects"]
    assert dialects
    for path in dialects:
        connect = tomllib.loads(path.read_text("utf-8")).get("connect", {})
        assert connect.get("compression", False) is False, path.name
