"""Every error as problem+json (RFC 9457), without a stack trace; the server's thread."""

import logging
import math
import os
import re
from collections.abc import Sequence
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any

import orjson
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from app.errors import AppError, OutOfRange, Refused, TooMany

log = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")


class FieldProblemOut(BaseModel):
    """One field at fault."""

    field: str = Field(examples=["body.centre_hz"])
    message: str = Field(examples=["Input should be less than or equal to 6000000000"])


class ProblemOut(BaseModel):
    """What went wrong and what to do (RFC 9457)."""

    type: str = Field(examples=["urn:kestrel:problem:refused"])
    title: str = Field(examples=["Refused by the safety gate"])
    status: int = Field(examples=[409])
    detail: str = Field(examples=["No GPS fix: wait for a 3D fix"])
    correlation_id: str = Field(examples=["5f0c3a9be1d24c77"], description="Also in the station's log")
    reasons: list[str] | None = Field(None, description="Texts of the rules that stood against it (refused only)")
    errors: list[FieldProblemOut] | None = Field(None, description="Fields at fault (422 only)")


def problem(
    status: int,
    kind: str,
    title: str,
    detail: str,
    correlation_id: str,
    reasons: Sequence[str] | None = None,
    errors: Sequence[FieldProblemOut] | None = None,
) -> Response:
    """The answer for one error; ``kind`` ends the type URN."""
    out: dict[str, Any] = {
        "type": f"urn:kestrel:problem:{kind}",
        "title": title,
        "status": status,
        "detail": detail,
        "correlation_id": correlation_id,
    }
    if reasons is not None:
        out["reasons"] = list(reasons)
    if errors is not None:
        out["errors"] = [one.model_dump() for one in errors]
    return Response(orjson.dumps(out), status, media_type=MEDIA_TYPE)


def kind_of(error: AppError) -> str:
    """The class name in kebab case: ``NotConnected`` -> ``not-connected``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", type(error).__name__).lower()


def app_problem(error: AppError, correlation_id: str, folder: Path | None = None) -> Response:
    """Where the ``folder`` lies is left out of the answer."""
    reasons = error.reasons if isinstance(error, Refused) else None
    detail = str(error) if folder is None else within(str(error), folder)
    answer = problem(error.status, kind_of(error), error.title, detail, correlation_id, reasons)
    if isinstance(error, TooMany):
        answer.headers["retry-after"] = str(math.ceil(error.wait_s))
    return answer


def within(text: str, folder: Path) -> str:
    """The text with paths in the folder as seen from there."""
    return text.replace(f"{folder}{os.sep}", "").replace(str(folder), "the station's folder")


def _id_of(request: Request) -> str:
    return str(request.scope.get("correlation_id", ""))


async def _app_error(folder: Path, request: Request, error: Exception) -> Response:
    assert isinstance(error, AppError)  # noqa: S101 - registered for that class only
    return app_problem(error, _id_of(request), folder)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for that class only
    fields = [
        FieldProblemOut(field=".".join(str(part) for part in one["loc"]), message=str(one["msg"]))
        for one in error.errors()
    ]
    detail = "; ".join(f"{one.field}: {one.message}" for one in fields)
    return problem(OutOfRange.status, "invalid", "The request is not valid", detail, _id_of(request), errors=fields)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for that class only
    title = HTTPStatus(error.status_code).phrase
    answer = problem(error.status_code, title.lower().replace(" ", "-"), title, error.detail, _id_of(request))
    answer.headers.update(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        answer.headers["allow"] = ", ".join(_methods(request))
    return answer


def _methods(request: Request) -> list[str]:
    """What the path can be asked for: Starlette itself tells of the first route alone."""
    scopes = [{**request.scope, "method": method} for method in METHODS]
    return [one["method"] for one in scopes if any(route.matches(one)[0] is Match.FULL for route in request.app.routes)]


async def _bug(request: Request, error: Exception) -> Response:
    """A fault in the program: logged whole under the id that the client is told."""
    correlation_id = _id_of(request)
    log.error("request %s: %s %s failed", correlation_id, request.method, request.url.path, exc_info=error)
    detail = f"Fault in the program; the station's log tells more under {correlation_id}."
    return problem(500, "fault", "Fault in the program", detail, correlation_id)


def install(app: FastAPI, folder: Path) -> None:
    """Paths in ``folder``, the station's, are told as seen from there."""
    app.add_exception_handler(AppError, partial(_app_error, folder))
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _bug)
