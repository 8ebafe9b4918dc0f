"""Publishes numbered events through examples/python-component/bitten_bus.py, every fortieth of them invalid.

Argument: how many. Prints what became of each, "NUMBER SEQ" or "NUMBER refused", and on stderr, whenever a call
had to give up waiting, "waiting".
"""

import sys

from bitten_bus import InvalidEvent, NotAcknowledged, Publisher

count = int(sys.argv[1])
done = 0
with Publisher("python_steady", timeout=0.3, request_timeout=0.25) as bus:
    while done < count:
        numbers = range(done, min(count, done + 1 + done % 7))
        events = [
            {"event_type": "user_action", "data": {"user_id": str(n), "action": None if n % 40 == 0 else "step"}}
            for n in numbers
        ]
        try:
            outcomes = bus.publish_many(events)
        except NotAcknowledged:
            print("waiting", file=sys.stderr, flush=True)
            outcomes = bus.flush(60)
        for n, outcome in zip(numbers, outcomes, strict=True):
            print(n, "refused" if isinstance(outcome, InvalidEvent) else outcome.seq, flush=True)
        done += len(numbers)
