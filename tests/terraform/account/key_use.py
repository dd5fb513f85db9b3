"""What Amazon Bedrock does with a customer's key on behalf of whoever calls it: AWS's forward access sessions."""

from __future__ import annotations

import json
from typing import Any

from account.authorization import authorize, write_forwarding
from account.callers import describe_service_role, list_services
from account.key_policies import find_key, show_key_policy
from account.needs import KEY_POLICY, Need, write_encryption_context
from account.requests import InvalidRequestError

CONTEXT = "aws:bedrock-flows:arn"
SERVICE = "bedrock.amazonaws.com"
WRITING = ("kms:GenerateDataKey", "kms:Decrypt")
SUFFIXES = {"aws-cn": "amazonaws.com.cn"}


def use_key(response: Any, key_arn: str | None, flow_arn: str, *actions: str, role: str | None = None) -> None:
    """Decide that the caller may use a flow's key through Bedrock, in the context of the flow; without a key, nothing.

    Which actions a call takes is what the handlers of AWS::Bedrock::Flow ask for: GenerateDataKey and Decrypt to write,
    Decrypt to read. With `role`, the flow's service role uses the key, as it does while the flow runs.
    """
    if key_arn is None:
        return
    key = find_key(key_arn)
    if key is None or key.key_state != "Enabled":
        state = "does not exist" if key is None else f"is {key.key_state}"
        raise InvalidRequestError(f"The key {key_arn} {state}")
    policy = KEY_POLICY, json.loads(show_key_policy(key))
    context = write_use_context(response, flow_arn)
    caller = describe_service_role(response, role) if role else None
    authorize(response, *(Need(action, key.arn, context, policy) for action in actions), caller=caller)


def write_use_context(response: Any, flow_arn: str) -> dict[str, Any]:
    """Return the keys that a request of Bedrock's carries to KMS on behalf of who makes a request."""
    return {
        **write_encryption_context({CONTEXT: flow_arn}),
        "kms:viaservice": f"bedrock.{response.region}.{SUFFIXES.get(response.partition, 'amazonaws.com')}",
        "kms:calleraccount": response.current_account,
        **write_forwarding([*list_services(response), SERVICE]),
    }


def decrypt(response: Any, record: dict[str, Any]) -> tuple[str, ...]:
    """Decide that the caller may read a flow or version; return what the answer is without.

    Who asks for metadata alone gets no definition, and needs no key.
    """
    if response.querystring.get("includedData", [""])[0] == "METADATA_ONLY":
        return ("definition",)
    use_key(response, record.get("customerEncryptionKeyArn"), record["arn"], "kms:Decrypt")
    return ()
