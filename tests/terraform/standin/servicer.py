"""Terraform's plugin protocol 6. Of PyPI's `tf`, only the messages and the runner (handshake, TLS, end) are used."""

from __future__ import annotations

import functools
import os
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import tf.provider
from tf.gen import tfplugin_pb2 as protocol
from tf.gen import tfplugin_pb2_grpc
from tf.runner import run_provider

from standin import cloud_control, documents, validators, wire
from standin.cloud import cloud, is_gone
from standin.data_sources import DATA_SOURCES
from standin.planning import begin_import, plan_change
from standin.resources import RESOURCES, read_resource, update_resource
from standin.schema import SCHEMA


def tell_errors(answer: Any) -> Callable[[Any], Any]:
    """Turn an exception into a diagnostic: without this, Terraform says only that the plugin did not respond."""

    def wrap(method: Any) -> Any:
        @functools.wraps(method)
        def call(self: Any, request: Any, context: Any) -> Any:
            try:
                return method(self, request, context)
            except documents.RefusedError as error:
                return answer(diagnostics=[wire.build_error(str(error))])
            except Exception as error:
                what = f"{method.__name__} {getattr(request, 'type_name', 'provider')}: {type(error).__name__}"
                return answer(diagnostics=[wire.build_error(what, str(error))])

        return call

    return wrap


class Servicer(tfplugin_pb2_grpc.ProviderServicer):  # type: ignore[misc]
    """Answers Terraform's calls, which are spelled as the protocol spells them."""

    def __init__(self, _provider: object) -> None:
        pass

    def GetMetadata(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        metadata = protocol.GetMetadata
        return metadata.Response(
            server_capabilities=protocol.ServerCapabilities(get_provider_schema_optional=True),
            resources=[metadata.ResourceMetadata(type_name=name) for name in SCHEMA["resource_schemas"]],
            data_sources=[metadata.DataSourceMetadata(type_name=name) for name in SCHEMA["data_source_schemas"]],
        )

    def GetProviderSchema(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        resources, data = SCHEMA["resource_schemas"], SCHEMA["data_source_schemas"]
        return protocol.GetProviderSchema.Response(
            provider=wire.build_schema(SCHEMA["provider"]),
            server_capabilities=protocol.ServerCapabilities(get_provider_schema_optional=True),
            resource_schemas={name: wire.build_schema(schema) for name, schema in resources.items()},
            data_source_schemas={name: wire.build_schema(schema) for name, schema in data.items()},
        )

    def ValidateProviderConfig(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        return protocol.ValidateProviderConfig.Response()

    @tell_errors(protocol.ValidateResourceConfig.Response)
    def ValidateResourceConfig(self, request: Any, _context: Any) -> Any:  # noqa: N802
        faults = validators.find_faults(request.type_name, wire.decode(request.config))
        return protocol.ValidateResourceConfig.Response(diagnostics=faults)

    @tell_errors(protocol.ValidateDataResourceConfig.Response)
    def ValidateDataResourceConfig(self, request: Any, _context: Any) -> Any:  # noqa: N802
        faults = validators.find_faults(request.type_name, wire.decode(request.config))
        return protocol.ValidateDataResourceConfig.Response(diagnostics=faults)

    @tell_errors(protocol.ConfigureProvider.Response)
    def ConfigureProvider(self, request: Any, _context: Any) -> Any:  # noqa: N802
        if cloud.configure(wire.decode(request.config)):
            return protocol.ConfigureProvider.Response()
        missing = wire.build_error("Invalid provider configuration", "Missing AWS region: set region or AWS_REGION.")
        return protocol.ConfigureProvider.Response(diagnostics=[missing])

    def UpgradeResourceState(self, request: Any, _context: Any) -> Any:  # noqa: N802
        state = wire.encode(wire.read_state(request.raw_state.json))
        return protocol.UpgradeResourceState.Response(upgraded_state=state)

    @tell_errors(protocol.ReadResource.Response)
    def ReadResource(self, request: Any, _context: Any) -> Any:  # noqa: N802
        found = read_resource(request.type_name, wire.decode(request.current_state))
        return protocol.ReadResource.Response(new_state=wire.encode(found))

    @tell_errors(protocol.ImportResourceState.Response)
    def ImportResourceState(self, request: Any, _context: Any) -> Any:  # noqa: N802
        if request.type_name == cloud_control.NAME:
            raise documents.RefusedError(f"resource {request.type_name} doesn't support import")
        state = begin_import(SCHEMA["resource_schemas"][request.type_name]["block"], request.id)
        imported = protocol.ImportResourceState.ImportedResource
        return protocol.ImportResourceState.Response(
            imported_resources=[imported(type_name=request.type_name, state=wire.encode(state))]
        )

    @tell_errors(protocol.PlanResourceChange.Response)
    def PlanResourceChange(self, request: Any, _context: Any) -> Any:  # noqa: N802
        kind, proposed = request.type_name, wire.decode(request.proposed_new_state)
        if proposed is None:
            return protocol.PlanResourceChange.Response(planned_state=request.proposed_new_state)
        prior, config = wire.decode(request.prior_state), wire.decode(request.config)
        planned, replaced = plan_change(kind, SCHEMA["resource_schemas"][kind]["block"], prior, proposed, config)
        return protocol.PlanResourceChange.Response(
            planned_state=wire.encode(planned),
            requires_replace=[wire.build_path([name]) for name in replaced],
            legacy_type_system=kind != validators.FRAMEWORK,
        )

    @tell_errors(protocol.ApplyResourceChange.Response)
    def ApplyResourceChange(self, request: Any, _context: Any) -> Any:  # noqa: N802
        kind, prior, planned = request.type_name, wire.decode(request.prior_state), wire.decode(request.planned_state)
        response = functools.partial(
            protocol.ApplyResourceChange.Response, legacy_type_system=kind != validators.FRAMEWORK
        )
        try:
            if planned is None:
                RESOURCES[kind].delete(prior)
                return response(new_state=wire.encode(None))
            answered = RESOURCES[kind].create(planned) if prior is None else update_resource(kind, planned, prior)
        except Exception as error:
            if planned is None and is_gone(error):
                return response(new_state=wire.encode(None))
            fault = wire.build_error(f"changing {kind}", f"{type(error).__name__}: {error}")
            return response(new_state=_find_failed_state(kind, planned, request), diagnostics=[fault])
        return response(new_state=wire.encode(answered or read_resource(kind, planned)))

    @tell_errors(protocol.ReadDataSource.Response)
    def ReadDataSource(self, request: Any, _context: Any) -> Any:  # noqa: N802
        found = DATA_SOURCES[request.type_name](wire.decode(request.config))
        return protocol.ReadDataSource.Response(state=wire.encode(found))

    def GetFunctions(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        return protocol.GetFunctions.Response()

    def StopProvider(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        return protocol.StopProvider.Response()


def _find_failed_state(kind: str, planned: Any, request: Any) -> Any:
    """Return the state after a change that failed. What was made before is told, and Terraform marks it as tainted."""
    prior = wire.decode(request.prior_state)
    if prior is None and isinstance(planned.get("id"), str):
        return wire.encode(read_resource(kind, planned))
    if kind == cloud_control.NAME and prior is not None and planned is not None:
        return wire.encode(cloud_control.fail_update(planned))
    return request.prior_state


class Identity:
    """What the runner asks of a provider."""

    def full_name(self) -> str:
        """Return the address under which Terraform asks for it."""
        return "registry.terraform.io/hashicorp/aws"


def end_with_parent() -> None:
    """End this process when Terraform is gone: a killed one leaves its plugins running for ever."""
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(0)


def main() -> None:
    """Serve until Terraform ends."""
    threading.Thread(target=end_with_parent, daemon=True).start()
    serve()


def serve() -> None:
    """Serve until Terraform asks for the end."""
    tf.provider.ProviderServicer = Servicer
    run_provider(Identity(), sys.argv)
