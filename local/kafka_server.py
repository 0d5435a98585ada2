"""A private Kafka: one KRaft node, broker and controller in one process."""

import socket
import struct
import subprocess
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

from local import jars, ports
from local.server import Server
from local.tied import tied
from moodstream.errors import MoodstreamError
from moodstream.settings import load

# Small and quick to start. Warnings and errors alone go to the log.
JAVA = ("java", "-Xms64m", "-Xmx512m", "-XX:+UseSerialGC", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn")
# A killed broker may come back once its session has run out: the default would make that 9 s.
PROPERTIES = """\
process.roles=broker,controller
node.id=1
listeners=BROKER://{host}:{port},CONTROLLER://{host}:{controller}
listener.security.protocol.map=BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=BROKER
controller.listener.names=CONTROLLER
controller.quorum.voters=1@{host}:{controller}
log.dirs={data}
broker.heartbeat.interval.ms=500
broker.session.timeout.ms=3000
auto.create.topics.enable=false
group.initial.rebalance.delay.ms=0
log.retention.ms=-1
message.max.bytes=33554432
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
log.cleaner.dedupe.buffer.size=16777216
"""
# An ApiVersions request, version 0, from an unnamed client (https://kafka.apache.org/protocol): size, key 18,
# version, correlation id, and the length -1 of the name that is not there.
API_VERSIONS = struct.pack(">ihhih", 10, 18, 0, 1, -1)


class KafkaServer(Server):
    """A Kafka broker; clients bootstrap from `address`. Topics are not made by asking for them.

    Args:
        properties: lines after those of `PROPERTIES`, with the same fields; of two for one name the last one counts.
        formatting: more options for the tool that makes its directory ready.
    """

    name = "Kafka"

    def __init__(self, directory: Path, port: int, properties: str = "", formatting: Sequence[str] = ()) -> None:
        super().__init__(directory, port)
        self._properties, self._formatting = properties, formatting

    def _prepare(self) -> Sequence[str | Path]:
        java = (*JAVA, "-cp", f"{jars.fetch(load().cache_dir)}/*")
        properties, data = self.directory / "server.properties", self.directory / "data"
        # The controller's port is nobody else's business, so it may be another one at each start.
        fields = {"host": self.host, "port": self.port, "controller": ports.free(), "data": data.resolve()}
        properties.write_text((PROPERTIES + self._properties).format(**fields), encoding="utf-8")
        if not (data / "meta.properties").exists():
            self._format((*java, "kafka.tools.StorageTool"), properties)
        return (*java, "kafka.Kafka", properties)

    def _format(self, tool: Sequence[str], properties: Path) -> None:
        cluster = urlsafe_b64encode(uuid4().bytes).decode().rstrip("=")
        # A cluster id may look like an option, so it is joined to its own.
        command = tied([*tool, "format", f"--cluster-id={cluster}", "--config", properties, *self._formatting])
        ended = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        if ended.returncode:
            raise MoodstreamError(f"Kafka could not format {self.directory}: {(ended.stderr or ended.stdout).strip()}")

    def _answers(self) -> bool:
        try:
            with socket.create_connection((self.host, self.port), timeout=2) as connection:
                connection.sendall(API_VERSIONS)
                return connection.recv(8)[4:] == API_VERSIONS[8:12]  # the correlation id; others may have the port
        except OSError:
            return False
