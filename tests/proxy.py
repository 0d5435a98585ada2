"""A way to a server on which the network misbehaves: slow, cut, silent, or cut off in the middle of an answer."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")
BLOCK = 65536


class Proxy:
    """Passes on what comes to a port of its own. What it does may be changed at any time, from any thread.

    Attributes:
        latency: seconds that each block from the server is late.
        silent: whether nothing gets through, in either direction, on connections that stay open.
        refusing: whether new connections are closed at once.
        budget: how many more bytes the server's answers may have before their connection is cut; None for any number.
        loses: once a client has sent this, the answer to it is not passed on, and its connection is cut; once.
        lost: how often that was done.
    """

    def __init__(self, target: int, host: str = "127.0.0.1") -> None:
        self.latency, self.silent, self.refusing = 0.0, False, False
        self.budget: int | None = None
        self.loses: bytes | None = None
        self.lost = 0
        self._place = (host, target)
        self._writers: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True, name="proxy")
        self._thread.start()
        self._server = self._do(asyncio.start_server(self._accept, host, 0))
        self.port: int = self._server.sockets[0].getsockname()[1]

    def cut(self) -> None:
        """End all connections, as a reset does: nobody is told good-bye."""
        self._do(self._abort())

    def refuse(self) -> None:
        """End all connections, and close new ones at once."""
        self.refusing = True
        self.cut()

    def heal(self) -> None:
        """Pass on everything again."""
        self.latency, self.silent, self.refusing, self.budget, self.loses = 0.0, False, False, None, None

    def close(self) -> None:
        """End everything."""
        self.refusing = True
        self._do(self._abort())
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _abort(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def _end(self) -> None:
        self._server.close()
        others = asyncio.all_tasks(self._loop) - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.refusing:
            writer.transport.abort()
            return
        try:
            answers, asks = await asyncio.open_connection(*self._place)
        except OSError:
            writer.transport.abort()
            return
        ends = {writer, asks}
        self._writers |= ends
        doomed = asyncio.Event()
        try:
            await asyncio.gather(self._ask(reader, asks, doomed), self._answer(answers, writer, doomed))
        except OSError:
            pass  # one side has gone, so the other goes too
        finally:
            self._writers -= ends
            for end in ends:
                end.transport.abort()

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, doomed: asyncio.Event) -> None:
        async def seen(block: bytes) -> None:
            if self.loses is not None and self.loses in block.lower():
                self.loses = None
                doomed.set()

        await self._pass_on(reader, writer, seen)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, doomed: asyncio.Event) -> None:
        async def seen(block: bytes) -> None:
            await asyncio.sleep(self.latency)
            if doomed.is_set():
                self.lost += 1
                raise ConnectionResetError
            if self.budget is not None:
                self.budget -= len(block)
                if self.budget < 0:
                    raise ConnectionResetError

        await self._pass_on(reader, writer, seen)

    async def _pass_on(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        seen: Callable[[bytes], Coroutine[Any, Any, None]],
    ) -> None:
        while block := await reader.read(BLOCK):
            await seen(block)
            while self.silent:
                await asyncio.sleep(0.05)
            writer.write(block)
            await writer.drain()
        raise ConnectionResetError  # ends the other direction too
