"""Ends a run in order after a signal: SIGTERM from a scheduler, SIGINT from a keyboard.

A signal raises `Stopped` where the program is; what must not be cut off is shielded, and the signal
waits for its end. A query of an engine, in which Python does not run, is interrupted from outside.
"""

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from salesetl.errors import SalesEtlError

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Stopped(BaseException):
    """A signal asked the process to end; not a KeyboardInterrupt, because py4j prints its trace."""

    def __init__(self, number: int) -> None:
        super().__init__(f"cancelled by {signal.Signals(number).name}")
        # As a shell tells it of a process that a signal has ended.
        self.exit_status = 128 + number


class _Listener:
    """The state of received signals."""

    def __init__(self) -> None:
        self.received: int | None = None
        self.has_raised = False
        self.shields = 0
        self.interrupts: list[Callable[[], None]] = []

    def handle(self, number: int, frame: FrameType | None) -> None:
        """Note a signal, and raise Stopped unless it was raised before or must wait."""
        self.received = self.received or number
        if not self.shields:
            self.raise_once()

    def raise_once(self) -> None:
        """Raise Stopped if a signal has come and nothing has been raised for it."""
        if self.received and not self.has_raised:
            self.has_raised = True
            raise Stopped(self.received)

    def watch(self, woken: socket.socket) -> None:
        """Interrupt the query of the engine whenever a signal wakes this thread."""
        while number := woken.recv(1):
            # Known here in the order in which they came, and before Python gets to its handler.
            self.received = self.received or number[0]
            for interrupt in list(self.interrupts) if not self.shields else []:
                with suppress(Exception):
                    interrupt()


_listener: _Listener | None = None


@contextmanager
def stoppable() -> Iterator[None]:
    """Let a signal end the block in order; works only in the main thread, which gets signals.

    Once one has come, the process is to end, and all others are ignored.
    """
    global _listener
    if _listener or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    woken, waking = socket.socketpair()
    waking.setblocking(False)
    _listener = _Listener()
    watcher = threading.Thread(target=_listener.watch, args=(woken,), daemon=True)
    watcher.start()
    wake_before = signal.set_wakeup_fd(waking.fileno(), warn_on_full_buffer=False)
    listen()
    try:
        yield
    finally:
        _listener.shields += 1
        for number, handler in before.items():
            # What is left to do at the end of the process is not cut off by a second one.
            signal.signal(number, signal.SIG_IGN if _listener.received else handler)
        signal.set_wakeup_fd(wake_before)
        waking.close()
        watcher.join()
        woken.close()
        _listener = None


def listen() -> None:
    """Handle the signals; call it again after an engine has started and taken them."""
    if _listener is None:
        return
    for number in _SIGNALS:
        # One that is ignored, as of a process in the background, stays so.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _listener.handle)


@contextmanager
def shielded() -> Iterator[None]:
    """Delay a signal until the end of the block, which then raises Stopped."""
    if _listener is None:
        yield
        return
    listener = _listener
    listener.shields += 1
    try:
        yield
    finally:
        listener.shields -= 1
    if not listener.shields:
        listener.raise_once()


def stopped_by(error: BaseException | None = None) -> Stopped | None:
    """Return the Stopped of a received signal; None if there was none.

    An error that a person can act on stands for itself. Any other, once a signal has come, is what
    the interruption looked like from an engine.
    """
    if isinstance(error, Stopped):
        return error
    is_own = isinstance(error, SalesEtlError)
    if _listener is None or _listener.received is None or is_own:
        return None
    return Stopped(_listener.received)


def check_stopped() -> None:
    """Raise Stopped if a signal has come, even if it was raised before and got lost."""
    if stop := stopped_by():
        raise stop


@contextmanager
def interrupting(interrupt: Callable[[], None]) -> Iterator[None]:
    """Call `interrupt`, from another thread, when a signal comes during the block."""
    if _listener is None:
        yield
        return
    listener = _listener
    listener.interrupts.append(interrupt)
    try:
        yield
    finally:
        listener.interrupts.remove(interrupt)
