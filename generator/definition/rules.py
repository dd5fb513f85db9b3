"""The rules that the reading of a definition reports."""

from __future__ import annotations

from generator.diagnostics import error, info, soft_error, warning

NOT_A_FLOW = error("NotAFlow", "The document is no flow definition in any known form.")
CLOUDFORMATION = error("CloudFormationTemplate", "CloudFormation is not read yet.")
INCOMPLETE_DOCUMENT = error("IncompleteDocument", "The document lacks the flow's name or definition.")
UNUSABLE_FILE_NAME = error("UnusableFileName", "A document without a name gives none through its file's name either.")
INVALID_SECTION = error("InvalidSection", "One of flowseal's own sections holds a value of the wrong kind.")
DECIDED_BY_MODULE = info("DecidedByModule", "Keys whose values the module or AWS decides.")
LIVE_FLOW = info("LiveFlow", "The document describes an existing flow; the root module says whether to keep it.")
CONNECTION_RENAMED = warning(
    "ConnectionRenamed", "A connection's name is one that the console writes and the API's model refuses."
)
NOT_NORMALISED = warning("NotNormalised", "A text is not in Unicode's normal form C, and is written in it.")

MALFORMED_REFERENCE = error("MalformedReference", "A $param or $file is not written as one.")
MISPLACED_REFERENCE = error(
    "MisplacedReference", "A $param, $file or $$NAME stands where only a plain value can stand."
)
UNDECLARED_PARAMETER = error("UndeclaredParameter", "A $param names no parameter of the document.")
UNUSED_PARAMETER = warning("UnusedParameter", "A parameter that stands nowhere becomes no variable.")
INVALID_PARAMETER_NAME = error(
    "InvalidParameterName", "A parameter's name is not snake_case, or is taken by Terraform or the module."
)
COLLIDING_PLACEHOLDERS = error(
    "CollidingPlaceholders", "Two placeholders of an AWS sample template would be one variable."
)
UNRESOLVED_PLACEHOLDER = error(
    "UnresolvedPlaceholder", "A value has a placeholder that CloudFormation or Terraform fills in elsewhere."
)
CONFLICTING_USES = error("ConflictingUses", "A parameter stands at places that no one value fits.")
INVALID_DEFAULT = error("InvalidDefault", "A parameter's default is no value for the places where it stands.")
UNKNOWN_MODEL_KIND = error("UnknownModelKind", "A parameter's `model` names no kind of model.")
MISPLACED_MODEL_KIND = warning(
    "MisplacedModelKind", "A parameter says of which kind its model is, but stands for no model."
)

UNREADABLE_FILE = error("UnreadableFile", "The file that a $file names cannot be used.")
CONFLICT_IN_TEXT = soft_error("ConflictInText", "The file that a $file names has the conflict markers of a merge.")
WILDCARD_PERMISSION = error("WildcardPermission", "A permission is not exact.")
INVALID_PERMISSION = error("InvalidPermission", "A permission names no model, key, bucket or account.")
