"""Publishing to the BITTEN event bus with receipts. One file to copy beside your program; needs pyzmq.

    with Publisher("risk_watch") as bus:
        receipt = bus.publish("user_action", {"user_id": "7", "action": "hello"})
        print(receipt.seq, receipt.level)

A receipt means that the event is on the bus's disk. Until then this module keeps the event in memory, and after a
lost connection or a passed deadline sends it again under the same number, by which the bus knows what it has
already. So everything acknowledged is in the log once and in the order of the calls, also when the bus was killed
meanwhile. What is not acknowledged when *this* program ends is lost: there is no spool, unlike in @bitten/bridge.

The protocol is docs/PROTOCOL.md, whose sections the comments name.
"""

import json
import os
import threading
import time
import uuid
from collections import deque
from dataclasses import dataclass
from typing import Any, Iterable, Optional, Union

import zmq
from zmq.utils.monitor import recv_monitor_message

BATCH_EVENTS_MAX = 1_000
BATCH_BYTES_MAX = 1024 * 1024
BODY_BYTES_MAX = 8 * 1024 * 1024  # Section 8: what the bus takes in one request.
KEPT_EVENTS_MAX = 100_000
# Of a bus that hangs up first ZeroMQ knows no more than that.
SHUT_OUT = (
    zmq.EVENT_HANDSHAKE_FAILED_AUTH | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL | zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL
)


@dataclass(frozen=True)
class Receipt:
    """seq is the event's place in the log, None where the bus no longer knows it; level is "fsynced", or "written"
    where the bus was told to do without."""

    seq: Optional[int]
    level: str


class BusError(Exception):
    """The bus refused a request: a code for programs, the rest of its words in `facts`. The events are kept."""

    def __init__(self, code: str, message: str, facts: Optional[dict] = None):
        super().__init__(message)
        self.code = code
        self.facts = facts or {}


class InvalidEvent(BusError):
    """The event breaks rules and is in the dead letters. Each issue has path, code, found and expected."""

    def __init__(self, issues: list, dead_letter: Optional[int]):
        told = "; ".join(f"{i['path']}: expected {i['expected']}, found {i['found']}" for i in issues)
        super().__init__("invalid_event", f"invalid event: {told}")
        self.issues = issues
        self.dead_letter = dead_letter


class NotAcknowledged(BusError):
    """The time was over first. The events are kept and go with the next publish or flush; do not publish them anew."""

    def __init__(self, waiting: int, why: str = ""):
        told = f"{waiting} events are not acknowledged yet; flush() waits for them"
        super().__init__("not_acknowledged", f"{told}{why and '; '}{why}")


class OutOfRoom(BusError):
    """Too much is unacknowledged, or the event is too large to be sent: it was not accepted."""


class _ConnectionLost(Exception):
    """What was sent may have arrived or not: it is sent again."""


Outcome = Union[Receipt, InvalidEvent]


class Publisher:
    """Publishes in order and waits for each receipt. May be shared by threads, not by processes.

    source: which component says so. timeout: seconds that a publish may take all in all; while the bus is away it
    waits that long. producer: leave it out, unless the program numbers its events the same in every run, such as an
    import; `handled` then tells where the last run got to. key_file: for a bus that wants keys (docs/SECURITY.md).
    """

    def __init__(
        self,
        source: str,
        *,
        host: Optional[str] = None,
        port: Optional[int] = None,
        timeout: float = 10.0,
        request_timeout: float = 5.0,
        producer: Optional[str] = None,
        key_file: Optional[str] = None,
    ):
        host = host or os.environ.get("BITTEN_HOST", "127.0.0.1")
        self._endpoint = f"tcp://{host}:{port or os.environ.get('BITTEN_BUS_PORT', 5572)}"
        self._source = source
        self._timeout = timeout
        self._request_timeout = request_timeout
        self._producer = producer or str(uuid.uuid4())
        key_file = key_file or os.environ.get("BITTEN_KEY_FILE")
        self._key = _read_key(key_file) if key_file else None
        self._lock = threading.Lock()
        self._waiting: deque = deque()  # (number, bytes) of what is not acknowledged, oldest first
        self._outcomes: dict = {}  # of what nobody has asked for yet, by number
        self._request_id = 0
        self._socket: Optional[zmq.Socket] = None
        self._monitor: Optional[zmq.Socket] = None
        self._is_shut_out = False  # The bus has broken off a handshake, and answered nothing since.
        # How far the bus has handled this producer: 0 for a new one, and then there is no need to ask.
        self.handled = 0 if producer is None else self._ask_handled()
        self._last = self.handled

    def publish(self, event_type: str, data: dict, **envelope: Any) -> Receipt:
        """Publishes one event and waits for its receipt. envelope: source, timestamp, correlation_id, user_id,
        session_id. Raises InvalidEvent, NotAcknowledged, OutOfRoom, BusError; TypeError for what is no JSON."""
        (outcome,) = self.publish_many([{"event_type": event_type, "data": data, **envelope}])
        if isinstance(outcome, InvalidEvent):
            raise outcome
        return outcome

    def publish_many(self, events: Iterable[dict]) -> list[Outcome]:
        """Publishes events in few, large batches: one Receipt or InvalidEvent for each, in order. It raises as
        `publish` does, but for InvalidEvent. With many events this is a hundred times as fast."""
        encoded = [self._encode(event) for event in events]
        with self._lock:
            kept = len(self._waiting) + len(self._outcomes)
            if kept + len(encoded) > KEPT_EVENTS_MAX:
                raise OutOfRoom("out_of_room", f"{kept} events are kept from earlier calls; call flush() first")
            first = self._last + 1
            for event in encoded:
                self._last += 1
                self._waiting.append((self._last, event))
            self._deliver(self._timeout)
            return [self._outcomes.pop(number) for number in range(first, self._last + 1)]

    def flush(self, timeout: Optional[float] = None) -> list[Outcome]:
        """Waits for what an earlier NotAcknowledged left open, and returns what became of it, in order."""
        with self._lock:
            self._deliver(self._timeout if timeout is None else timeout)
            outcomes = [self._outcomes[number] for number in sorted(self._outcomes)]
            self._outcomes.clear()
            return outcomes

    def close(self) -> None:
        with self._lock:
            self._disconnect()

    def __enter__(self) -> "Publisher":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _encode(self, event: dict) -> bytes:
        whole = {"timestamp": time.time(), "source": self._source, **event}
        # json.dumps writes no line breaks, which separate the events of a body (section 1).
        encoded = json.dumps(whole, separators=(",", ":")).encode()
        if len(encoded) > BODY_BYTES_MAX:
            raise OutOfRoom("too_large", f"an event of {len(encoded)} bytes; the bus takes 1 MiB")
        return encoded

    def _deliver(self, timeout: float) -> None:
        """Sends the oldest events until none is left, one request after the other: section 3.1."""
        deadline = time.monotonic() + timeout
        pause = 0.05
        while self._waiting:
            try:
                self._deliver_batch(deadline)
                pause = 0.05
            except (_ConnectionLost, BusError) as error:
                # The bus may be away, its disk full, or an older request of ours still ahead: the same again.
                self._disconnect()
                if isinstance(error, BusError) and error.code not in ("unavailable", "out_of_sequence"):
                    raise
                if time.monotonic() + pause > deadline:
                    raise NotAcknowledged(len(self._waiting), self._why()) from error
                time.sleep(pause)
                pause = min(pause * 2, 1.0)

    def _deliver_batch(self, deadline: float) -> None:
        numbers, body = self._next_batch()
        header = {"op": "publish", "producer": self._producer, "first": numbers[0], "count": len(numbers)}
        reply = self._request({**header, "acked": numbers[0] - 1}, deadline, body)
        for first, seq, count in reply["seqs"]:
            for i in range(count):
                self._outcomes[first + i] = Receipt(None if seq is None else seq + i, reply["level"])
        for rejected in reply["rejected"]:
            self._outcomes[rejected["producer_seq"]] = InvalidEvent(rejected["issues"], rejected.get("dead_letter"))
        for _ in numbers:
            self._waiting.popleft()

    def _next_batch(self) -> tuple[list, bytes]:
        numbers: list = []
        events: list = []
        size = 0
        for number, event in self._waiting:
            size += len(event) + 1
            if numbers and (len(numbers) == BATCH_EVENTS_MAX or size > BATCH_BYTES_MAX):
                break
            numbers.append(number)
            events.append(event)
        return numbers, b"\n".join(events)

    def _ask_handled(self) -> int:
        """Section 3.3."""
        deadline = time.monotonic() + self._timeout
        while True:
            try:
                return self._request({"op": "producer", "producer": self._producer}, deadline)["last"]
            except _ConnectionLost as error:
                self._disconnect()
                if time.monotonic() > deadline:
                    raise BusError("no_bus", self._why() or f"no bus answers at {self._endpoint}") from error
                time.sleep(0.05)

    def _request(self, header: dict, deadline: float, body: Optional[bytes] = None) -> dict:
        """One request and its reply. Raises _ConnectionLost and, where the bus says no, BusError."""
        self._connect()
        until = min(deadline, time.monotonic() + self._request_timeout)
        self._await(zmq.POLLOUT, until)
        self._request_id += 1
        frames = [json.dumps({"v": 1, "id": self._request_id, **header}).encode()]
        self._socket.send_multipart(frames if body is None else [*frames, body])
        while True:
            self._await(zmq.POLLIN, until)
            reply = json.loads(self._socket.recv_multipart()[0])
            self._is_shut_out = False
            if reply.get("id") != self._request_id:
                continue
            if reply["ok"]:
                return reply
            raise BusError(reply["error"]["code"], reply["error"]["message"], reply["error"])

    def _await(self, event: int, until: float) -> None:
        """Waits until the socket can send, or has received. Raises _ConnectionLost."""
        poller = zmq.Poller()
        poller.register(self._socket, event)
        poller.register(self._monitor, zmq.POLLIN)
        ready = dict(poller.poll(max(0.0, until - time.monotonic()) * 1000))
        if self._socket not in ready:  # The time is over, or the monitor says that the connection is.
            if self._monitor in ready and recv_monitor_message(self._monitor)["event"] & SHUT_OUT:
                self._is_shut_out = True
            raise _ConnectionLost

    def _why(self) -> str:
        """Why waiting will not help; empty where it may."""
        if not self._is_shut_out:
            return ""
        if self._key:
            return f"the bus breaks off the handshake: it does not know this key (bitten keys list), or wants none"
        return f"the bus breaks off the handshake: it wants a key: key_file= or BITTEN_KEY_FILE (bitten keys client)"

    def _connect(self) -> None:
        if self._socket is not None:
            return
        self._socket = zmq.Context.instance().socket(zmq.DEALER)
        # Without a connection nothing is queued: stale requests would arrive before fresh ones (section 3.1).
        self._socket.setsockopt(zmq.IMMEDIATE, 1)
        self._socket.setsockopt(zmq.LINGER, 0)
        self._monitor = self._socket.get_monitor_socket(zmq.EVENT_DISCONNECTED | SHUT_OUT)
        if self._key:
            self._socket.curve_publickey = self._key["public"].encode()
            self._socket.curve_secretkey = self._key["secret"].encode()
            self._socket.curve_serverkey = self._key["server"].encode()
        self._socket.connect(self._endpoint)

    def _disconnect(self) -> None:
        if self._socket is not None:
            self._socket.disable_monitor()
            self._socket.close()
        self._socket = self._monitor = None


def _read_key(key_file: str) -> dict:
    """What `bitten keys client` has written: lines of a name and a key, and comments."""
    with open(key_file, encoding="utf-8") as lines:
        return dict(line.split() for line in lines if line.strip() and not line.startswith("#"))
