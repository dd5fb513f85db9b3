"""The shapes of credentials: where a text has one, and the text with all of them masked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from operator import itemgetter

KEPT = 4
"""How many characters of a credential are shown, so that its owner can find it."""
_START = r"(?:(?<![0-9A-Za-z])|(?<=\\[abefnrtv0])|(?<=\\x[0-9a-fA-F]{2})|(?<=\\u[0-9a-fA-F]{4}))"
"""Where a word begins: in a text as it is, and in one with escapes, such as a line of JSON or a quoted value."""
_MARK = r"\\*[\"']"
"""A quotation mark, escaped or not."""
_AFTER_SCHEME = r"://[^\s/:@{}$<>]+:(?=[^\s@]{0,200}[0-9])[^\s/:@{}$<>]{6,}@"

KINDS = {
    "aws_key": ("an AWS access key", rf"{_START}(?:AKIA|ASIA)[A-Z2-7]{{16}}(?![0-9A-Za-z])"),
    "private_key": (
        "a private key",
        # Up to the next dashes of the kind, and nothing is looked at twice: a text may have many beginnings.
        (
            r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"
            r"(?:(?>[^-]+|-(?!----(?:BEGIN|END) ))*+-----END (?:[A-Z]+ )*PRIVATE KEY-----)?"
        ),
    ),
    "github": ("a GitHub token", rf"{_START}(?:gh[pousr]_[0-9A-Za-z]{{36,}}|github_pat_[0-9A-Za-z_]{{60,}})"),
    "slack": ("a Slack token", rf"{_START}xox[abeprs]-[0-9A-Za-z-]{{20,}}"),
    "stripe": ("a Stripe key", rf"{_START}[rs]k_live_[0-9A-Za-z]{{20,}}"),
    "google": ("a Google API key", rf"{_START}AIza[0-9A-Za-z_-]{{35}}(?![0-9A-Za-z])"),
    "model": ("an API key of a model provider", rf"{_START}sk-(?:[a-z]+-)*[0-9A-Za-z_-]{{32,}}"),
    "token": (
        "a signed token",
        rf"{_START}(?<![_-])eyJ[0-9A-Za-z_-]{{8,}}\.eyJ[0-9A-Za-z_-]{{8,}}\.[0-9A-Za-z_-]{{8,}}",
    ),
    "address": (
        "a password in a URL",
        r"\b[a-z][a-z0-9+.-]{0,30}" + _AFTER_SCHEME,
    ),
    "password": (
        "a password",
        (
            rf"(?i:{_START}(?:password|passwd|pwd|secret|api_?key|access_?key|auth_?token|client_?secret)\b)"
            rf"(?:{_MARK})?\s*[:=]\s*{_MARK}(?=[^\"']*[0-9])(?=[^\"']*[A-Za-z])[^\"'\s{{}}$<>]{{10,}}[\"']"
        ),
    ),
    "aws_secret": (
        "an AWS secret key",
        (
            rf"(?i:{_START}aws_?(?:secret_?)(?:access_?)?key\b)(?:{_MARK})?\s*[:=]\s*(?:{_MARK})?"
            r"[0-9A-Za-z/+]{40}(?![0-9A-Za-z/+=])"
        ),
    ),
}
"""What each shape is called, and its pattern."""
SHAPES = {name: re.compile(f"(?P<{name}>{pattern})") for name, (_, pattern) in KINDS.items()}
SIGNS = {
    "aws_key": ("akia", "asia"),
    "private_key": ("-----begin",),
    "github": ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
    "slack": ("xox",),
    "stripe": ("k_live_",),
    "google": ("aiza",),
    "model": ("sk-",),
    "token": ("eyj",),
    "address": ("://",),
    "password": (
        *("password", "passwd", "pwd", "secret", "api_key", "apikey", "access_key", "accesskey"),
        *("auth_token", "authtoken", "client_secret", "clientsecret"),
    ),
    "aws_secret": ("aws",),
}
"""What each shape contains, in lower case. Shapes are tried only there, because a search for all of them at every
character takes a thousand times as long as reading a text that contains none."""
_ALL_SIGNS = tuple(sign for signs in SIGNS.values() for sign in signs)
_BEFORE_SIGN = {"stripe": 1, "address": 31}
"""How many characters of a shape come before its sign at most; the others start with it."""
_AFTER_SIGN = {"address": re.compile(_AFTER_SCHEME)}
"""What follows the sign, for shapes that may begin at many places before it."""
EXAMPLES = re.compile(r"(?i)example|placeholder|changeme|your[-_]|x{6}|0{8}|123456789")
"""What authors write where a credential is meant and none is there."""
_KEY_LINES = re.compile(r"(?:(?:\s|\\+[nr])*[0-9A-Za-z+/=]{16,})*")
"""What follows the first line of a private key whose last line is missing, as in a text that was cut."""
_SHOWN = re.compile(r"[^\r\n]")


def find_credentials(text: str) -> Iterator[re.Match[str]]:
    """Yield each stretch of a text in the shape of a credential; its `lastgroup` is one of KINDS."""
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(character.lower() if character.isascii() else character for character in text)
    if not any(map(lowered.__contains__, _ALL_SIGNS)):
        return
    ahead = {name: dict.fromkeys(SIGNS[name], -1) for name in KINDS}
    pending = {name: match for name in KINDS if (match := _find_shape(name, text, lowered, 0, ahead[name]))}
    while pending:
        first = min(pending.values(), key=re.Match.start)
        if not EXAMPLES.search(first.group()):
            yield first
        for name in [name for name, match in pending.items() if match.start() < first.end()]:
            if match := _find_shape(name, text, lowered, first.end(), ahead[name]):
                pending[name] = match
            else:
                del pending[name]


def _find_shape(name: str, text: str, lowered: str, start: int, ahead: dict[str, int]) -> re.Match[str] | None:
    """Return the first stretch in one shape that begins at `start` or later.

    `ahead` has the next place of each sign, and loses the signs that do not come again: searched for anew in each call,
    a sign that is far away or absent would make the time quadratic.
    """
    shape, rest, before = SHAPES[name], _AFTER_SIGN.get(name), _BEFORE_SIGN.get(name, 0)
    for sign in [sign for sign, at in ahead.items() if at < start]:
        _move_on(sign, lowered, start, ahead)
    while ahead:
        sign, at = min(ahead.items(), key=itemgetter(1))
        if rest is None or rest.match(text, at):
            for place in range(max(at - before, start), at + 1):
                if match := shape.match(text, place):
                    return match
        _move_on(sign, lowered, at + 1, ahead)
    return None


def _move_on(sign: str, lowered: str, start: int, ahead: dict[str, int]) -> None:
    if (at := lowered.find(sign, start)) >= 0:
        ahead[sign] = at
    else:
        del ahead[sign]


def mask_credentials(text: str) -> str:
    """Return the text with stars for each credential but its first characters; lengths and line endings stay."""
    parts, done = [], 0
    for match in find_credentials(text):
        start, end = match.start() + KEPT, match.end()
        if match.lastgroup == "private_key" and "-----END" not in match.group():
            lines = _KEY_LINES.match(text, end)
            end = lines.end() if lines else end
        if start > done:
            parts += [text[done:start], _mask(text[start:end])]
            done = end
    return "".join([*parts, text[done:]])


def _mask(text: str) -> str:
    """Return a star for each character except line breaks. Most credentials have one line and need no search."""
    return "*" * len(text) if text.isprintable() else _SHOWN.sub("*", text)
