"""The running API beside its own description: whatever it is asked, it answers as `/openapi.json` says."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.fill import fill
from local import ports
from tests.integration.system import System, until

EXAMPLES = 12
"""Requests made up for each operation, beside those at the edges of what each field may be."""
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "unsupported_method",
    "allow_header_conformance",
    "ignored_auth",
)


@pytest.fixture
def url(system: System, tmp_path: Path) -> str:
    """A dashboard with a history, and the songs of it in memory."""
    fill(system.settings, plays=2000, songs=200, listeners=5, days=30)
    port = ports.free()
    changes = {"dashboard_port": port, "api_keys_file": tmp_path / "keys.json", "model_dir": tmp_path}
    changes["api_requests_per_second"] = 100_000  # what is refused for its rate says nothing else
    system.settings = system.settings.model_copy(update=changes)
    dashboard = system.start("dashboard.py")
    until(lambda: "songs are on the shelf" in dashboard.output, 60, dashboard.output)
    return f"http://127.0.0.1:{port}"


def test_no_request_gets_an_answer_that_the_description_does_not_know(url: str, system: System, tmp_path: Path) -> None:
    key = system.run("dashboard.py", "--add-key", "tester").stdout.strip()
    command = [str(Path(sys.executable).with_name("st")), "run", f"{url}/openapi.json", "--seed=1", "--no-shrink"]
    options = [f"--checks={','.join(CHECKS)}", f"--max-examples={EXAMPLES}", "--phases=examples,coverage,fuzzing"]
    # Training is begun by other tests: here it would only take the processor away.
    options += ["--exclude-path=/api/v1/models/train", "--header", f"Authorization: Bearer {key}"]
    run = subprocess.run([*command, *options], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert run.returncode == 0, run.stdout
