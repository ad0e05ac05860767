"""All of /api/v1 behind one gate, and its description for OpenAPI."""

from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from fastapi.openapi.utils import get_openapi

from web.api import (
    accounts,
    blacklists,
    calls,
    campaigns,
    consents,
    directories,
    effects,
    erasures,
    received,
    recipients,
    suppressions,
)
from web.api.entry import PREFIX, admit
from web.api.shapes import ProblemDetails

PROBLEMS: dict[int | str, dict[str, Any]] = {
    "4XX": {
        "description": "What is wrong with the request (RFC 9457)",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}},
    }
}


def api_routes() -> APIRouter:
    """Denied unless `admit` lets the caller in: a path added here is behind the gate by itself."""
    routes = APIRouter(prefix=PREFIX, dependencies=[Depends(admit)], responses=PROBLEMS)
    for part in (
        campaigns,
        recipients,
        calls,
        effects,
        suppressions,
        consents,
        erasures,
        accounts,
        received,
        directories,
        blacklists,
    ):
        routes.include_router(part.routes)
    return routes


def described(app: FastAPI) -> dict[str, Any]:
    """The document at /openapi.json, with the key in the header and problems as they are answered."""
    document = get_openapi(
        title="Dzvin",
        version=app.version,
        description="Campaigns of telephone calls through LiraX. Key: `Authorization: Bearer KEY`.",
        routes=app.routes,
    )
    parts = document.setdefault("components", {})
    parts.setdefault("schemas", {})["ProblemDetails"] = ProblemDetails.model_json_schema(
        ref_template="#/components/schemas/{model}"
    )
    parts["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    document["security"] = [{"key": []}]
    return document
