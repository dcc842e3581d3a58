"""The examples of docs/how-to/send-records.md, run as they stand against a server."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.core.wsgi import get_wsgi_application

from tests.programs import program

GUIDE = Path(__file__).parents[2] / "docs/how-to/send-records.md"
EXAMPLE = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
pytestmark = [
    pytest.mark.usefixtures("database"),
    pytest.mark.skipif(shutil.which("curl") is None, reason="the examples are for curl"),
]


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the test reads the answers."""


@pytest.fixture
def url() -> Iterator[str]:
    with make_server("127.0.0.1", 0, get_wsgi_application(), handler_class=_Silent) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_every_example_does_what_the_guide_says(url: str) -> None:
    from unitledger import wiring
    from unitledger.engine.arriving import bulk

    sender = program()
    examples = [each for each in EXAMPLE.findall(GUIDE.read_text()) if "curl" in each]
    environment = {**os.environ, "URL": url, "KEY": sender.key, "no_proxy": "*"}
    answers = []
    for example in examples:
        run = subprocess.run(
            ["bash", "-c", example], env=environment, capture_output=True, text=True, check=True
        )
        answers.append(json.loads(run.stdout))

    location, sent, paid, read, job = answers
    assert location["counts"]["created"] == 1, location
    assert [each["outcome"] for each in sent["results"]] == ["created", "created"], sent
    assert paid["counts"]["created"] == 1, paid
    assert [each["number"] for each in read["records"]] == ["INV-1"]
    bulk.work_off(
        bulk.open_jobs()[0],
        clock=wiring.shared_tools().clock,
        read_item=wiring.read_wire_item,
    )
    lines = b"".join(sender.ask(f"jobs/{job['id']}/result")).decode().splitlines()
    assert [json.loads(each)["outcome"] for each in lines] == ["created", "refused"]
