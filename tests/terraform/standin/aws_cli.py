"""A stand-in for the AWS CLI: `aws SERVICE OPERATION --option value`, by botocore's models.

It has the options that shell in a module may use: values as text or JSON, `--query`, `--output json` or `text`,
`--region`, `--profile`, `--endpoint-url`, `--cli-input-json`. No shorthand syntax, no waiters, no pages, no blobs.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any, NoReturn

import botocore.exceptions
import botocore.session
import jmespath
from botocore import xform_name

REFUSED, USAGE, CONFIGURATION = 254, 252, 253
"""Exit codes of version 2: a refusal of the service, a wrong command line, and what is missing around it."""
GLOBAL = {"region", "profile", "endpoint-url", "output", "query", "cli-input-json"}
SWITCHES = {"no-cli-pager", "no-paginate", "no-verify-ssl", "debug"}


def main() -> None:
    """Run the command of this process's arguments."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["--version"]:
        print("aws-cli/2.0 a stand-in of flowseal's tests")
        return
    names, options = read_options(arguments)
    if len(names) != 2:
        end(USAGE, "usage: aws [options] <command> <subcommand> [parameters]")
    try:
        found = call(*names, options)
    except botocore.exceptions.ClientError as error:
        end(REFUSED, f"\n{error}")
    except (botocore.exceptions.ParamValidationError, botocore.exceptions.UnknownServiceError, LookupError) as error:
        end(USAGE, f"\naws: error: {error}")
    except botocore.exceptions.NoRegionError:
        end(
            CONFIGURATION, '\nYou must specify a region. You can also configure your region by running "aws configure".'
        )
    except botocore.exceptions.BotoCoreError as error:
        end(CONFIGURATION, f"\n{error}")
    found = jmespath.search(options["query"], found) if "query" in options else found
    if options.get("output") == "text":
        print(write_text(found))
    elif found not in (None, {}):
        print(json.dumps(found, indent=4, ensure_ascii=False, default=lambda time: time.isoformat()))


def read_options(arguments: list[str]) -> tuple[list[str], dict[str, str]]:
    """Return the words without a dash, and the options by name; a switch has no value."""
    names, options = list[str](), dict[str, str]()
    rest = iter(arguments)
    for argument in rest:
        if not argument.startswith("--"):
            names.append(argument)
            continue
        name, equals, value = argument[2:].partition("=")
        if name not in SWITCHES:
            options[name] = value if equals else next(rest, "")
    return names, options


def call(service: str, command: str, options: dict[str, str]) -> dict[str, Any]:
    """Call an operation, and return its answer."""
    session = botocore.session.Session(profile=options.get("profile"))
    region = options.get("region") or os.environ.get("AWS_REGION") or session.get_config_variable("region")
    client = session.create_client(service, region_name=region, endpoint_url=options.get("endpoint-url"))
    operations = {xform_name(name, "-"): name for name in client.meta.service_model.operation_names}
    if command not in operations:
        raise LookupError(f"argument operation: Invalid choice: {command}")
    shape = client.meta.service_model.operation_model(operations[command]).input_shape
    members = {xform_name(name, "-"): name for name in (shape.members if shape else ())}
    request: dict[str, Any] = json.loads(options.get("cli-input-json", "{}"))
    for name, value in options.items():
        if name in GLOBAL:
            continue
        if name not in members:
            raise LookupError(f"Unknown options: --{name}")
        request[members[name]] = read_value(value, shape.members[members[name]])
    answer: dict[str, Any] = client._make_api_call(operations[command], request)
    answer.pop("ResponseMetadata", None)
    return answer


def read_value(text: str, shape: Any) -> Any:
    """Return an option's value as its member takes it."""
    return text if shape.type_name in ("string", "blob", "timestamp") else json.loads(text)


def write_text(found: Any) -> str:
    """Return an answer as `--output text` prints it: values of one list beside each other."""
    if not isinstance(found, list):
        if isinstance(found, dict):
            end(USAGE, "this stand-in prints no structures as text: select values with --query")
        return str(found)
    lines = [item for item in found if isinstance(item, list)]
    return "\n".join(map(write_text, lines)) if lines else "\t".join(map(write_text, found))


def end(code: int, message: str) -> NoReturn:
    """End this process with a message."""
    print(message, file=sys.stderr)
    sys.exit(code)
