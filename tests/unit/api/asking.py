"""Asks an ASGI application without a server."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
from starlette.types import ASGIApp


def ask(
    app: ASGIApp,
    method: str,
    path: str,
    headers: Mapping[str, str] | None = None,
    host: str = "127.0.0.1:8137",
    content: bytes | AsyncIterator[bytes] | None = None,
    json: Any = None,
) -> httpx.Response:
    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as client:
            return await client.request(method, path, headers=headers, content=content, json=json)

    return asyncio.run(asked())
