"""A component of the running system that only listens: SUB on 5570, exactly two frames a message.

Arguments: the endpoint, and the prefix to subscribe to. Prints each message as one JSON line: [topic, payload].
Another number of frames ends it, as it would end the components.
"""
import json
import sys

import zmq

socket = zmq.Context().socket(zmq.SUB)
socket.setsockopt(zmq.RCVHWM, 0)
socket.setsockopt(zmq.SUBSCRIBE, sys.argv[2].encode())
socket.connect(sys.argv[1])
while True:
    topic, payload = socket.recv_multipart()
    print(json.dumps([topic.decode(), payload.decode()]), flush=True)
