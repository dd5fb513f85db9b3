"""The rules that the reading of a definition reports."""

from __future__ import annotations

from generator.diagnostics import Severity, declare_rule

ERROR, WARNING, INFORMATION = Severity.ERROR, Severity.WARNING, Severity.INFORMATION

NOT_A_FLOW = declare_rule("NotAFlow", ERROR, "The document is no flow definition in any known form.")
CLOUDFORMATION = declare_rule("CloudFormationTemplate", ERROR, "CloudFormation is not read yet.")
INCOMPLETE_DOCUMENT = declare_rule("IncompleteDocument", ERROR, "The document lacks the flow's name or definition.")
UNUSABLE_FILE_NAME = declare_rule(
    "UnusableFileName", ERROR, "A document without a name gives none through its file's name either."
)
UNKNOWN_KEY = declare_rule("UnknownKey", ERROR, "A key that flowseal does not know, in flowseal's own sections.")
UNFIT_SECTION = declare_rule("UnfitSection", ERROR, "One of flowseal's own sections holds a value of the wrong kind.")
DECIDED_BY_MODULE = declare_rule("DecidedByModule", INFORMATION, "Keys whose values the module or AWS decides.")
LIVE_FLOW = declare_rule(
    "LiveFlow", INFORMATION, "The document describes an existing flow; the root module says whether to keep it."
)
CONNECTION_RENAMED = declare_rule(
    "ConnectionRenamed", WARNING, "A connection's name is one that the console writes and the API's model refuses."
)
NOT_NORMALISED = declare_rule(
    "NotNormalised", WARNING, "A text is not in Unicode's normal form C, and is written in it."
)

MALFORMED_REFERENCE = declare_rule("MalformedReference", ERROR, "A $param or $file is not written as one.")
MISPLACED_REFERENCE = declare_rule(
    "MisplacedReference", ERROR, "A $param, $file or $$NAME stands where only a plain value can stand."
)
UNDECLARED_PARAMETER = declare_rule("UndeclaredParameter", ERROR, "A $param names no parameter of the document.")
UNUSED_PARAMETER = declare_rule("UnusedParameter", WARNING, "A parameter that stands nowhere becomes no variable.")
UNFIT_PARAMETER_NAME = declare_rule(
    "UnfitParameterName", ERROR, "A parameter's name is not snake_case, or is taken by Terraform or the module."
)
COLLIDING_PLACEHOLDERS = declare_rule(
    "CollidingPlaceholders", ERROR, "Two placeholders of an AWS sample template would be one variable."
)
UNRESOLVED_PLACEHOLDER = declare_rule(
    "UnresolvedPlaceholder", ERROR, "A value has a placeholder that CloudFormation or Terraform fills in elsewhere."
)
CONFLICTING_USES = declare_rule("ConflictingUses", ERROR, "A parameter stands at places that no one value fits.")
UNFIT_DEFAULT = declare_rule("UnfitDefault", ERROR, "A parameter's default is no value for the places where it stands.")
UNKNOWN_MODEL_KIND = declare_rule("UnknownModelKind", ERROR, "A parameter's `model` names no kind of model.")
MISPLACED_MODEL_KIND = declare_rule(
    "MisplacedModelKind", WARNING, "A parameter says of which kind its model is, but stands for no model."
)

UNREADABLE_FILE = declare_rule("UnreadableFile", ERROR, "The file that a $file names cannot be used.")
CONFLICT_IN_TEXT = declare_rule(
    "ConflictInText",
    ERROR,
    "The file that a $file names has the conflict markers of a merge.",
    can_be_silenced=True,
)
WILDCARD_PERMISSION = declare_rule("WildcardPermission", ERROR, "A permission is not exact.")
UNFIT_PERMISSION = declare_rule("UnfitPermission", ERROR, "A permission names no model, key, bucket or account.")
