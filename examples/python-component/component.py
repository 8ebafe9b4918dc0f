# A Python component as it has always been: PUSH to 5571, SUB on 5570. Needs pyzmq.
import json, os, time, zmq

host = os.environ.get("BITTEN_HOST", "127.0.0.1")
context = zmq.Context()

live = context.socket(zmq.SUB)
live.connect(f"tcp://{host}:{os.environ.get('BITTEN_PUB_PORT', 5570)}")
live.setsockopt_string(zmq.SUBSCRIBE, "bitten.user_action")
time.sleep(0.5)  # PUB/SUB: what is published before the subscription has arrived is not seen

push = context.socket(zmq.PUSH)
push.connect(f"tcp://{host}:{os.environ.get('BITTEN_PULL_PORT', 5571)}")
push.send_string(json.dumps({
    "event_type": "user_action", "timestamp": time.time(), "source": "webapp",
    "data": {"user_id": "7", "action": "hello"},
}))

topic, event = live.recv_multipart()
print(topic.decode(), json.loads(event)["seq"])
