"""The schema of the real provider's resources, as tools/refresh_standin_schema.py made it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SCHEMA: dict[str, Any] = json.loads(Path(__file__).with_name("schema.json").read_text(encoding="utf-8"))
SCHEMA["resource_schemas"]["aws_cloudcontrolapi_resource"]["block"]["attributes"]["schema"]["sensitive"] = True
"""The bindings don't say what is sensitive; the real one hides this, which is long, from plans."""
