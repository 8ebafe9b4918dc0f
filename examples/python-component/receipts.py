# A Python component that knows what became of its events. Needs pyzmq and, beside it, bitten_bus.py.
import time

from bitten_bus import InvalidEvent, NotAcknowledged, Publisher

with Publisher("risk_watch") as bus:
    receipt = bus.publish("user_action", {"user_id": "7", "action": "hello"}, correlation_id="HELLO_1")
    print("receipt", receipt.seq, receipt.level)

    # What breaks a rule is told, and kept in the dead letters.
    signal = {"signal_id": "PY_1", "symbol": "EURUSD", "direction": "UP", "confidence": 85, "pattern_type": "VCB"}
    try:
        bus.publish("signal_generated", signal)
    except InvalidEvent as error:
        print("refused", error)

    # Many at once: one receipt for each, in a few requests.
    def tick(i: int) -> dict:
        return {"symbol": "EURUSD", "bid": 1.0841 + i / 1e6, "ask": 1.0943, "timestamp": time.time()}

    ticks = [{"event_type": "market_data", "data": tick(i)} for i in range(2500)]
    try:
        outcomes = bus.publish_many(ticks)
    except NotAcknowledged:  # The bus is away: the events are kept, and sent again under the same numbers.
        outcomes = bus.flush(timeout=3600)
    print("receipts", len(outcomes), outcomes[0].seq, outcomes[-1].seq)
