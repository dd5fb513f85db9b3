"""The rules that reading a definition reports."""

from __future__ import annotations

from generator.findings import error, info, soft_error, warning

NOT_A_FLOW = error("NotAFlow", "The document is not a flow definition in any supported format.")
CLOUDFORMATION = error(
    "CloudFormationTemplate", "The document is a CloudFormation template, or a part of one, not a flow definition."
)
INCOMPLETE_DOCUMENT = error("IncompleteDocument", "The document is missing the flow's name or definition.")
UNUSABLE_FILE_NAME = error("UnusableFileName", "The document has no name, and its file name is not a valid flow name.")
INVALID_SECTION = error("InvalidSection", "A setting in one of flowseal's own sections has an invalid value.")
DECIDED_BY_MODULE = info("DecidedByModule", "The document has keys that the module or AWS sets.")
LIVE_FLOW = info("LiveFlow", "The document describes an existing flow; the root module decides whether to keep it.")
CONNECTION_RENAMED = warning(
    "ConnectionRenamed", "A connection has a name that the console generates but the API rejects."
)
NOT_NORMALIZED = warning("NotNormalized", "A string is not in Unicode normalization form C and is converted to it.")

MALFORMED_REFERENCE = error("MalformedReference", "A $param or $file reference is malformed.")
MISPLACED_REFERENCE = error(
    "MisplacedReference", "A $param, $file, or $$NAME is used where only a literal value is allowed."
)
UNDECLARED_PARAMETER = error("UndeclaredParameter", "A $param refers to a parameter that is not declared.")
UNUSED_PARAMETER = warning("UnusedParameter", "A parameter is declared but never used.")
INVALID_PARAMETER_NAME = error(
    "InvalidParameterName", "A parameter name is not in snake_case or is reserved by Terraform or the module."
)
COLLIDING_PLACEHOLDERS = error(
    "CollidingPlaceholders", "Two placeholders from an AWS sample template would become the same variable."
)
UNRESOLVED_PLACEHOLDER = error(
    "UnresolvedPlaceholder", "A value contains a CloudFormation or Terraform reference that flowseal does not resolve."
)
CONFLICTING_USES = error("ConflictingUses", "A parameter is used in places that do not accept the same value.")
INVALID_DEFAULT = error("InvalidDefault", "A parameter's default is not valid where the parameter is used.")
UNKNOWN_MODEL_KIND = error("UnknownModelKind", "A parameter's `model` is not a known kind of model.")
MISPLACED_MODEL_KIND = warning("MisplacedModelKind", "A parameter has a `model` kind but is not used as a model.")

UNREADABLE_FILE = error("UnreadableFile", "A file referenced by $file cannot be used.")
CONFLICT_IN_TEXT = soft_error("ConflictInText", "A file referenced by $file contains merge conflict markers.")
WILDCARD_PERMISSION = error("WildcardPermission", "A permission contains a wildcard.")
INVALID_PERMISSION = error(
    "InvalidPermission", "A permission is not a valid model, key, bucket, account, or guardrail profile."
)
