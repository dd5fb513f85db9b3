"""Services that moto does not have: a place for them beside moto's own, found as a request is signed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask import Flask
from moto.core.responses import BaseResponse
from moto.core.utils import convert_to_flask_response
from moto.moto_server.werkzeug_app import HTTP_METHODS, BackendRequest, DomainDispatcherApplication

from account.limits import replace

_SIGNED = re.compile(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/aws4_request")
Wanted = Callable[[str, dict[str, Any]], bool]


def install_service(response: type[BaseResponse], is_wanted: Wanted) -> None:
    """Answer requests by `response` if `is_wanted` says so of the service that they are signed for and of the rest."""
    application = Flask(response.__name__)
    application.request_class = BackendRequest
    view = convert_to_flask_response(response.dispatch)
    for rule in ("/", "/<path:rest>"):
        application.add_url_rule(
            rule,
            endpoint=rule,
            methods=HTTP_METHODS,
            view_func=lambda rest="": view(),
            strict_slashes=False,
        )

    def choose(real: Any, self: Any, environ: dict[str, Any]) -> Any:
        signed = _SIGNED.search(environ.get("HTTP_AUTHORIZATION", ""))
        return application if signed and is_wanted(signed[1], environ) else real(self, environ)

    replace(DomainDispatcherApplication, "get_application", choose)
