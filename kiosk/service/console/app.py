"""The console as one ASGI application. Whoever adds a page, a part of the API or an entry of the navigation names it
here, and writes it in a file of its own."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import quote, urlsplit

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException as PlainHTTPException
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from kiosk import __version__
from kiosk.core.fault import Fault
from kiosk.database.database import Away
from kiosk.service.console.api import audit as audit_api
from kiosk.service.console.api import conversations as conversations_api
from kiosk.service.console.api import corrections as corrections_api
from kiosk.service.console.api import feedback as feedback_api
from kiosk.service.console.api import insights as insights_api
from kiosk.service.console.api import knowledge as knowledge_api
from kiosk.service.console.api import live as live_api
from kiosk.service.console.api import me
from kiosk.service.console.api import people as people_api
from kiosk.service.console.api import voice as voice_api
from kiosk.service.console.guard import Guard, names_of
from kiosk.service.console.pages import (
    audit,
    conversations,
    corrections,
    door,
    feedback,
    insights,
    knowledge,
    live,
    people,
    unanswered,
    voice,
)
from kiosk.service.console.parts import Parts
from kiosk.service.console.problem import ERRORS, Problem, Refusal
from kiosk.service.console.render import HERE, Room, page
from kiosk.service.console.teaching import refused
from kiosk.service.house.accounts import Role
from kiosk.settings.places import assets

log = logging.getLogger(__name__)

API_PATH = "/api/v1"

SILENT: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}
"""What the framework would tell a collector that the environment names: paths, queries and messages of exceptions, and
with them what visitors said."""

ROOMS = (
    Room("/conversations", "Conversations"),
    Room("/live", "Live"),
    Room("/unanswered", "Unanswered"),
    Room("/corrections", "Corrections"),
    Room("/knowledge", "Knowledge"),
    Room("/insights", "Insights"),
    Room("/voice", "Voice"),
    Room("/people", "People", Role.ADMIN),
    Room("/audit", "Audit log", Role.ADMIN),
)
"""The navigation, in its order."""

PAGES = (
    door.router,
    conversations.router,
    live.router,
    feedback.router,
    insights.router,
    unanswered.router,
    corrections.router,
    knowledge.router,
    voice.router,
    people.router,
    audit.router,
)
API = (
    me.router,
    conversations_api.router,
    live_api.router,
    insights_api.router,
    feedback_api.router,
    corrections_api.router,
    knowledge_api.router,
    voice_api.router,
    people_api.router,
    audit_api.router,
)

ABOUT = """\
Everything that the console's pages do. A program asks with `Authorization: Bearer TOKEN`; `kiosk service tokens add`
makes one, with a role: a **viewer** reads, an **editor** changes what the agent says and how, an **admin** deletes and
says who may enter. Every error has the body of `Problem`. Times are ISO 8601, in UTC.
"""


class Api(FastAPI):
    """Whose description has the body of every error, which no route returns by itself."""

    def openapi(self) -> dict[str, Any]:
        described = super().openapi()
        described["components"]["schemas"]["Problem"] = Problem.model_json_schema()
        return described


def only_described(request: Request) -> None:
    """A filter that is misspelt would be passed over, and everything found."""
    operation = request.app.openapi()["paths"][request.scope["route"].path_format][request.method.lower()]
    known = {parameter["name"] for parameter in operation.get("parameters", ()) if parameter["in"] == "query"}
    for name in set(request.query_params) - known:
        raise Refusal(
            422, "there is no such parameter", where=name[:80] or "the query", remedy="see the description of the API"
        )


def application(parts: Parts) -> ASGIApp:
    """Pages, API and files, behind the guard."""
    pages = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, telemetry=SILENT)
    api = Api(
        title="The voice agent's house",
        description=ABOUT,
        version=__version__,
        telemetry=SILENT,
        docs_url=None,  # the shipped one loads its parts from elsewhere
        redoc_url=None,
        dependencies=[Depends(only_described)],
        responses={status: ERRORS[status] for status in (400, 401, 403, 404, 413, 422, 429, 503)},
    )
    for app, routers in ((pages, PAGES), (api, API)):
        app.state.parts = parts
        app.state.rooms = ROOMS
        for router in routers:
            app.include_router(router)
    for kind in (PlainHTTPException, RequestValidationError, Fault, Away):
        pages.add_exception_handler(kind, _page_of)
        api.add_exception_handler(kind, _json_of)
    pages.add_exception_handler(Exception, _page_of)
    api.add_exception_handler(Exception, _json_of)
    pages.mount(API_PATH, api)
    pages.mount("/static/fonts", StaticFiles(directory=assets() / "fonts"))
    pages.mount("/static", StaticFiles(directory=HERE / "static"))
    address = parts.settings.console.address
    return Guard(pages, names_of(address), address)


def problem_of(error: Exception) -> tuple[int, Problem, dict[str, str]]:
    """Status, body and headers of whatever a page or a route raises."""
    match error:
        case Refusal():
            return error.status_code, error.problem, dict(error.headers or {})
        case RequestValidationError():
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"] if part not in ("body", "query", "path"))
            what = str(first["msg"]).removeprefix("Value error, ")
            return 422, Problem(what=what, where=where or "the request", remedy="correct it, and send it again"), {}
        case Fault():
            return *refused(error), {}
        case Away():
            log.warning("the console cannot reach a database (%s)", error)
            what = f"the database cannot be reached at the moment ({error})"
            return (
                503,
                Problem(what=what, where="the database", remedy="try it again in a minute"),
                {"Retry-After": "5"},
            )
        case PlainHTTPException():
            what = "there is no such page" if error.status_code == 404 else str(error.detail).lower()
            problem = Problem(what=what, where="the address", remedy="go back to the console's pages")
            return error.status_code, problem, dict(error.headers or {})
        case _:  # the server logs its traceback
            what = "the program met a fault of its own"
            return 500, Problem(what=what, where="the service", remedy="see its log, and report what it says"), {}


async def _json_of(request: Request, error: Exception) -> Response:
    status, problem, headers = problem_of(error)
    return JSONResponse(problem.model_dump(), status, headers)


async def _page_of(request: Request, error: Exception) -> Response:
    if request.scope["path"].startswith(f"{API_PATH}/"):  # one with a line feed in it is not seen as the API's
        return await _json_of(request, error)
    status, problem, headers = problem_of(error)
    if status == 401 and request.method == "GET":
        back = urlsplit(str(request.url))
        path = back.path + (f"?{back.query}" if back.query else "")
        return RedirectResponse(f"/login?back={quote(path, safe='')}", 303)
    headers.pop("WWW-Authenticate", None)
    answer = page(request, "problem.html", getattr(request.state, "who", None), status=status, problem=problem)
    answer.headers.update(headers)
    return answer
