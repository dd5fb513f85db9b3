"""The rules of the API's grammar."""

from __future__ import annotations

from generator.diagnostics import Severity, declare_rule

ERROR = Severity.ERROR

MISSING_MEMBER = declare_rule("MissingMember", ERROR, "The API requires a key that is not there.")
UNKNOWN_MEMBER = declare_rule("UnknownMember", ERROR, "The API knows no such key at this place.")
WRONG_TYPE = declare_rule("WrongType", ERROR, "A value is of another type than the API takes.")
UNKNOWN_VALUE = declare_rule("UnknownValue", ERROR, "The API takes one of a few words, and this is none of them.")
MALFORMED_VALUE = declare_rule("MalformedValue", ERROR, "A text does not match the pattern that the API gives it.")
WRONG_LENGTH = declare_rule("WrongLength", ERROR, "A text, list or mapping is too short or too long for the API.")
VALUE_OUT_OF_RANGE = declare_rule("ValueOutOfRange", ERROR, "A number is too small or too large for the API.")
NOT_EXACTLY_ONE_MEMBER = declare_rule(
    "NotExactlyOneMember", ERROR, "The API takes exactly one of several keys at this place."
)
TOO_MANY_CONNECTIONS = declare_rule(
    "TooManyConnections", Severity.WARNING, "There are more connections than the API's published model admits."
)
