"""`gulou run`: database, web and worker as one tree that starts, heals and stops in order."""

import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from gulou.config import embedded
from gulou.config.runtime import ready
from gulou.config.runtime.children import Child
from gulou.config.runtime.leash import Leash
from gulou.config.runtime.lock import held
from gulou.config.runtime.ready import reachable
from gulou.demo.logins import logins
from gulou.kit.env import Env

_TICK_SECONDS = 0.25
_WEB_GRACE_SECONDS = 20
_WORKER_GRACE_SECONDS = 60
_STILLBORN = 4


class CannotStart(Exception):
    """Gulou cannot start here. The message says why and what to do."""


def run(env: Env) -> int:
    """Serve until told to stop. Raises Busy, CannotStart or EmbeddedError when it cannot start."""
    with held(env.data_dir, "gulou run"):
        _check_port(env)
        return _Tree(env).run()


@contextmanager
def database(env: Env, what: str) -> Iterator[None]:
    """A database for one command: the one that serves already, else the embedded one meanwhile."""
    where = embedded.place(env.data_dir)
    if env.database_url or embedded.answers(where):
        yield
        return
    with held(env.data_dir, what):
        server = embedded.Server(where, say=_say)
        try:
            server.start()
            yield
        finally:
            server.stop()


class _Tree:
    """The processes of one `gulou run`, and the order in which they come and go."""

    def __init__(self, env: Env) -> None:
        self.env = env
        self.stop = threading.Event()
        self.hurry = False
        leash = Leash()
        self.prepare = Child("preparation", ["prepare"], leash)
        self.web = Child("web server", ["web", "--no-database"], leash)
        self.worker = Child("worker", ["worker", "--no-database"], leash)
        self.server: embedded.Server | None = None
        if not env.database_url:
            self.server = embedded.Server(embedded.place(env.data_dir), say=_say)

    def run(self) -> int:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked_to_stop)
        try:
            if self.server:
                self.server.start()
            code = self._prepare()
            if code != 0 or self.stop.is_set():
                return code
            self.web.start()
            self.worker.start()
            if self._wait_for_pages():
                announce(self.env)
                self._keep()
            return 0
        finally:
            self._end()

    def _asked_to_stop(self, *_: object) -> None:
        self.hurry = self.stop.is_set()
        self.stop.set()

    def _prepare(self) -> int:
        self.prepare.start()
        while (code := self.prepare.ended()) is None:
            if self.stop.wait(0.05):
                self._let_end([self.prepare], _WORKER_GRACE_SECONDS)
                return 0
        if code != 0:
            raise CannotStart("Gulou could not be prepared; the reason stands above.")
        return code

    def _wait_for_pages(self) -> bool:
        """Whether the pages came up before somebody said stop."""
        while not self.stop.wait(0.05):
            if not ready.web(self.env):
                return True
            self._heal()
            if self.web.deaths >= _STILLBORN:
                raise CannotStart("The web server does not start; the reason stands above.")
        return False

    def _keep(self) -> None:
        while not self.stop.wait(_TICK_SECONDS):
            self._heal()

    def _heal(self) -> None:
        if self.server and not self.server.alive():
            _say("The database ended; starting it again.")
            try:
                self.server.start()
            except embedded.EmbeddedError as error:
                _say(f"{error}\nTrying again in 5 s.")
                self.stop.wait(5)
        for child in (self.web, self.worker):
            news = child.keep()
            if news:
                _say(news)

    def _end(self) -> None:
        """First nobody comes in any more, then what was begun is finished, then the data close."""
        _say("Stopping: what was begun is finished first.")
        self._let_end([self.web], _WEB_GRACE_SECONDS)
        self._let_end([self.worker, self.prepare], _WORKER_GRACE_SECONDS)
        if self.server:
            self.server.stop()
        _say("Stopped. Everything is kept.")

    def _let_end(self, children: list[Child], patience: float) -> None:
        for child in children:
            child.ask_to_stop()
        until = time.monotonic() + patience
        while not all(child.stopped() for child in children):
            if self.hurry or time.monotonic() > until:
                break
            time.sleep(0.05)
        for child in children:
            child.kill()


def announce(env: Env) -> None:
    """Where it is, and who can sign in."""
    home = f"http://{reachable(env)}:{env.port}"
    bold, plain = ("\033[1m", "\033[0m") if sys.stdout.isatty() else ("", "")
    print(f"\n{bold}Gulou 鼓楼 is running.{plain}  Ctrl-C stops it and loses nothing.")
    print(f"  Report a problem   {home}/")
    print(f"  Work at the desk   {home}/desk/")
    people = logins() if env.demo else []
    if people:
        print("\nDemonstration data 演示数据. Sign in as:")
    for one in people:
        print(f"  {one.username:<8}{one.password:<18}{one.role_zh}  {one.role_en}")
    print(flush=True)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _check_port(env: Env) -> None:
    family = socket.AF_INET6 if ":" in env.listen else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((env.listen, env.port))
            probe.listen(1)
        except OSError as error:
            raise CannotStart(
                f"{env.listen}:{env.port} cannot be listened on ({error.strerror}). Another "
                f"program may use it; choose another port: GULOU_PORT={env.port + 1} make run"
            ) from error
