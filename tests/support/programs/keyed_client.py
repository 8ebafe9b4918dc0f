"""A client with a key, on all three ports, as docs/SECURITY.md and `bitten keys client` show it.

Arguments: the key file, and the ports of the live feed, the ingress and the bus protocol. Publishes one event on
5571, waits for it on 5570, asks 5572 for its statistics, and prints what it saw as one JSON line.
"""
import json
import sys

import zmq

key_file, pub, pull, bus = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4]
with open(key_file) as lines:
    key = dict(line.split() for line in lines if not line.startswith("# "))


def connect(kind, port):
    socket = zmq.Context.instance().socket(kind)
    socket.linger = 0
    socket.curve_publickey = key["public"].encode()
    socket.curve_secretkey = key["secret"].encode()
    socket.curve_serverkey = key["server"].encode()
    socket.connect(f"tcp://127.0.0.1:{port}")
    return socket


sub = connect(zmq.SUB, pub)
sub.setsockopt(zmq.SUBSCRIBE, b"bitten.probe")
push = connect(zmq.PUSH, pull)
event = {"event_type": "probe", "timestamp": 1757957318.5, "source": "python", "data": {}}
# A subscription takes a moment to reach the bus: probes until one comes back.
for _ in range(300):
    push.send(json.dumps(event).encode())
    if sub.poll(200):
        break
topic, payload = sub.recv_multipart()

dealer = connect(zmq.DEALER, bus)
dealer.send(json.dumps({"v": 1, "op": "fetch", "id": 1, "from": "start", "max_bytes": 1048576}).encode())
header, body = dealer.recv_multipart()
print(
    json.dumps(
        {
            "topic": topic.decode(),
            "source": json.loads(payload)["source"],
            "fetched": json.loads(header)["ok"] and b'"python"' in body,
        }
    )
)
