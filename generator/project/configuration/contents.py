"""What a configuration says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from generator.flow.model import Encryption, FlowDefaults
from generator.project.configuration.severities import Severities
from generator.source.position import Document


@dataclass(frozen=True, slots=True)
class Defaults:
    """What every module of a project has; of `encryption` only what the configuration gives, in days.

    `provider_version` is the lowest release of the provider that the modules take, such as "6.40.0".
    """

    encryption: Mapping[str, int] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    permissions_boundary_arn: str | None = None
    provider_version: str | None = None

    def list_values(self) -> dict[str, str | int]:
        """Return each value that is given by its name, such as "encryption.deletion_window_in_days"; sorted."""
        values: dict[str, str | int] = {f"encryption.{name}": days for name, days in self.encryption.items()}
        values |= {f"tags.{key}": tag for key, tag in self.tags.items()}
        if self.permissions_boundary_arn is not None:
            values["permissions_boundary_arn"] = self.permissions_boundary_arn
        if self.provider_version is not None:
            values["provider_version"] = self.provider_version
        return dict(sorted(values.items()))

    def describe_flows(self) -> FlowDefaults:
        """Return what of this stands in a flow."""
        return FlowDefaults(replace(Encryption(), **self.encryption), self.tags)


@dataclass(frozen=True, slots=True)
class Configuration:
    """A configuration that was read.

    `file` is how it is shown, `folder` is where it lies: `flows` (patterns), `output` and `templates` are
    relative to that.
    """

    file: str
    folder: Path
    document: Document
    flows: tuple[str, ...] = ()
    output: str | None = None
    defaults: Defaults = Defaults()
    severities: Severities = field(default_factory=dict)
    templates: str | None = None
