"""A client that knows the wire and nothing else: PUSH to 5571, SUB on 5570.

Arguments: the endpoint to push to, the endpoint to subscribe to, a file of the frames to send (one a line, in
base64), and how many messages to wait for. Prints each message received as one JSON line: its frames in base64.
"""
import base64
import json
import sys

import zmq

push_to, subscribe_to, file, expected = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
context = zmq.Context()
sub = context.socket(zmq.SUB)
sub.setsockopt(zmq.SUBSCRIBE, b"bitten.")
sub.connect(subscribe_to)
push = context.socket(zmq.PUSH)
push.setsockopt(zmq.LINGER, 10000)
push.connect(push_to)

with open(file) as text:
    lines = [base64.b64decode(line) for line in text]


def wait(timeout_ms):
    return sub.poll(timeout_ms) and sub.recv_multipart()


# A subscription takes a moment to reach the bus: probes until one comes back.
probe = b'{"event_type": "probe", "timestamp": 1757957318.5, "source": "raw", "data": {}}'
while True:
    push.send(probe)
    if wait(100):
        break
while wait(300):
    pass

for line in lines:
    push.send(line)
for _ in range(expected):
    frames = wait(20000)
    if not frames:
        sys.exit("a message is missing")
    print(json.dumps([base64.b64encode(frame).decode() for frame in frames]), flush=True)
