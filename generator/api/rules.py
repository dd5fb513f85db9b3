"""The rules of the API's grammar."""

from __future__ import annotations

from generator.diagnostics import error, warning

MISSING_KEY = error("MissingKey", "The API requires a key that is not there.")
UNKNOWN_KEY = error("UnknownKey", "A key does not exist at this place.")
WRONG_TYPE = error("WrongType", "A value is of another type than the API takes.")
UNKNOWN_VALUE = error("UnknownValue", "The API takes one of a few words, and this is none of them.")
MALFORMED_VALUE = error("MalformedValue", "A text does not match the pattern that the API gives it.")
WRONG_LENGTH = error("WrongLength", "A text, list or mapping is too short or too long for the API.")
VALUE_OUT_OF_RANGE = error("ValueOutOfRange", "A number is too small or too large for the API.")
NOT_EXACTLY_ONE_KEY = error("NotExactlyOneKey", "The API takes exactly one of several keys at this place.")
TOO_MANY_CONNECTIONS = warning(
    "TooManyConnections", "There are more connections than the API's published model admits."
)
