"""What is left undecoded is nothing a conversation waits for."""

import ast
from pathlib import Path

from pymavlink.dialects.v20 import ardupilotmega as mavlink

from app.vehicle import missions, orders, parameters, streams, talk


def test_whatever_a_conversation_waits_for_is_heard_in_it() -> None:
    """Every kind of message named in the conversations is one that is passed to them."""
    numbers = {kind.msgname: number for number, kind in mavlink.mavlink_map.items()}
    conversations = (missions, orders, parameters, streams, talk)
    trees = [ast.parse(Path(str(one.__file__)).read_text(encoding="utf-8")) for one in conversations]
    texts = {node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    waited_for = texts & numbers.keys()
    assert {"COMMAND_ACK", "HEARTBEAT", "PARAM_VALUE", "MISSION_ACK", "EXTENDED_SYS_STATE"} <= waited_for
    assert not {numbers[name] for name in waited_for} & streams.UNANSWERING
