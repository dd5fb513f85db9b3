"""The rules that importing reports."""

from __future__ import annotations

from generator.findings import error, warning

NOTHING_TO_IMPORT = error("NothingToImport", "The source has no flow that can be imported.")
MISSING_DEFINITION_FILE = error(
    "MissingDefinitionFile",
    "The definition of a CloudFormation flow is in Amazon S3, and no local copy of it was passed.",
)
UNRESOLVED_INTRINSIC = error(
    "UnresolvedIntrinsic", "A CloudFormation function is used where only a literal value is allowed, or is unknown."
)
NOT_IMPORTED = warning("NotImported", "A part of the source is not part of the imported definition.")
DEFAULT_INSERTED = warning(
    "DefaultInserted", "A CloudFormation function was replaced with its value for the template's defaults."
)
