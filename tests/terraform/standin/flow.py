"""aws_bedrockagent_flow."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from standin.cloud import cloud, drop_nothing, find_lost_tags, merge_tags, read_tags
from standin.definitions import keep_spelling, read_api, write_api
from standin.wire import is_unknown

State = dict[str, Any]


class Flow:
    """Calls Create-, Get-, Update- and DeleteFlow and nothing else: it never prepares a flow.

    As the real one, it takes its state from the answer of CreateFlow or UpdateFlow and reads only to refresh.
    """

    updated = frozenset(
        {"name", "description", "execution_role_arn", "customer_encryption_key_arn", "definition", "tags_all"}
    )

    def __init__(self, schema: dict[str, Any]) -> None:
        self.block = schema["block"]["block_types"]["definition"]["block"]

    def create(self, planned: State) -> State:
        tags = merge_tags(planned)
        made = cloud.client("bedrock-agent").create_flow(
            **self._write_request(planned), **drop_nothing(tags=tags or None)
        )
        planned["id"] = made["id"]
        return self._read_answer(made, tags, planned)

    def read(self, state: State) -> State | None:
        api = cloud.client("bedrock-agent")
        flow = api.get_flow(flowIdentifier=state["id"])
        return self._read_answer(flow, api.list_tags_for_resource(resourceArn=flow["arn"]).get("tags", {}), state)

    def _read_answer(self, flow: dict[str, Any], tags: dict[str, str], state: State) -> State:
        definition = [read_api(flow["definition"], self._find_shape(), self.block)] if flow.get("definition") else []
        return {
            **state,
            "id": flow["id"],
            "arn": flow["arn"],
            "name": flow["name"],
            "execution_role_arn": flow["executionRoleArn"],
            "description": flow.get("description"),
            "customer_encryption_key_arn": flow.get("customerEncryptionKeyArn"),
            "status": flow["status"],
            "version": flow["version"],
            "created_at": _write_time(flow["createdAt"]),
            "updated_at": _write_time(flow["updatedAt"]),
            "region": cloud.region,
            "definition": keep_spelling(state.get("definition"), definition),
            **read_tags(tags, state),
        }

    def update(self, planned: State, old: State, changed: set[str]) -> State:
        api, tags = cloud.client("bedrock-agent"), merge_tags(planned)
        if "tags_all" in changed:
            if lost := find_lost_tags(old, planned):
                api.untag_resource(resourceArn=planned["arn"], tagKeys=lost)
            api.tag_resource(resourceArn=planned["arn"], tags=tags)
        if changed - {"tags", "tags_all"}:
            flow = api.update_flow(flowIdentifier=planned["id"], **self._write_request(planned))
            return self._read_answer(flow, tags, planned)
        return {name: old[name] if is_unknown(value) else value for name, value in planned.items()}

    def delete(self, state: State) -> None:
        cloud.client("bedrock-agent").delete_flow(flowIdentifier=state["id"])

    def _find_shape(self) -> Any:
        return cloud.client("bedrock-agent").meta.service_model.shape_for("FlowDefinition")

    def _write_request(self, planned: State) -> dict[str, Any]:
        definition = write_api(planned["definition"][0], self._find_shape()) if planned.get("definition") else None
        return drop_nothing(
            name=planned["name"],
            executionRoleArn=planned["execution_role_arn"],
            description=planned.get("description"),
            customerEncryptionKeyArn=planned.get("customer_encryption_key_arn"),
            definition=definition,
        )


def _write_time(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")
