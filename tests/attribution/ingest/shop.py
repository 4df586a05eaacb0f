"""Programs that send leads until each is acknowledged, whatever happens on the other side."""

import http.client
import json
import random
import threading
import time
from itertools import count

PATIENCE = 60  # seconds for one request, over all its tries
PAUSE = 0.05


class Shop:
    """Sends in threads: single leads, batches, and leads without an id of their own."""

    def __init__(self, port, key, threads=4):
        self.port, self.key = port, key
        self.acknowledged = []  # ids, as the answers said them
        self.tries = self.failed_tries = 0
        self._numbers = count(1)
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self.faults = []
        self._threads = [threading.Thread(target=self._run, args=(n,)) for n in range(threads)]

    def open(self):
        for thread in self._threads:
            thread.start()

    def wait_for_more(self, number):
        """Until so many more leads are acknowledged."""
        goal = len(self.acknowledged) + number
        while len(self.acknowledged) < goal and not self.faults:
            time.sleep(0.01)

    def stop(self):
        """No new leads."""
        self._stop.set()

    def close(self):
        """No new leads; those under way are sent until they are acknowledged."""
        self.stop()
        for thread in self._threads:
            thread.join(PATIENCE + 10)
            assert not thread.is_alive()

    def _run(self, seed):
        choice = random.Random(seed)
        try:
            while not self._stop.is_set():
                self._send(choice.choice((self._single, self._batch, self._without_id))())
        except Exception as fault:
            self.faults.append(fault)

    def _lead(self):
        number = next(self._numbers)
        return {"id": f"lead-{number}", "utm_source": "shop", "utm_campaign": f"c{number % 7}"}

    def _single(self):
        return self._lead(), {}

    def _batch(self):
        return {"items": [self._lead() for _ in range(20)]}, {}

    def _without_id(self):
        lead = self._lead()
        return lead, {"Idempotency-Key": lead.pop("id")}

    def _send(self, request):
        data, headers = request
        body = json.dumps(data)
        headers = {
            **headers,
            "Content-Type": "application/json",
            "Authorization": f"Bearer {self.key}",
        }
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            status, answer = self._try(body, headers)
            with self._lock:
                self.tries += 1
                self.failed_tries += status >= 500 or status == 0
            if status in (200, 201):
                items = answer.get("items", [answer])
                assert {one["status"] for one in items} <= {"stored", "repeated"}, items
                with self._lock:
                    self.acknowledged += [one["id"] for one in items]
                return
            assert status == 0 or status >= 500, (status, answer)
            time.sleep(PAUSE)
        raise AssertionError("It was never acknowledged.")

    def _try(self, body, headers):
        """Status and answer; 0 when there was none."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("POST", "/api/v1/leads", body, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        except (OSError, http.client.HTTPException, ValueError):
            return 0, {}
        finally:
            connection.close()
