"""A small browser: cookies, the token of forms, and a network address of its own for each visitor."""

import re
from types import TracebackType
from typing import Any

import aiohttp

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Strange(Exception):
    """The server answered something that the benchmark cannot go on with."""


class Answer:
    """What came back, read to the end."""

    def __init__(self, status: int, body: bytes, location: str) -> None:
        self.status = status
        self.body = body
        self.location = location

    @property
    def text(self) -> str:
        return self.body.decode()


class Browser:
    """One set of cookies over several connections to one server."""

    def __init__(self, home: str, *, connections: int) -> None:
        self.token = ""
        self._session = aiohttp.ClientSession(
            home,
            cookie_jar=aiohttp.CookieJar(unsafe=True),  # it is an address, not a name
            connector=aiohttp.TCPConnector(limit=connections),
            timeout=aiohttp.ClientTimeout(total=30),
            headers={"Accept-Language": "zh-CN", "Accept": "text/html,*/*"},
        )

    async def __aenter__(self) -> "Browser":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._session.close()

    @property
    def headers(self) -> dict[str, str]:
        """What another program sends to be taken for this browser."""
        cookies = {cookie.key: cookie.value for cookie in self._session.cookie_jar}
        return {
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "X-CSRFToken": cookies.get("csrftoken", ""), "Accept-Language": "zh-CN",
        }  # fmt: skip

    async def get(self, path: str, *, patience: float = 30) -> Answer:
        """Fetch a page. An answer of status 0 where none came in so many seconds."""
        return await self._ask("GET", path, timeout=aiohttp.ClientTimeout(total=patience))

    async def post(self, path: str, data: Any = None, *, visitor: int = 0, **more: Any) -> Answer:
        """Send a form with the token of the last opened page, or JSON."""
        # As a proxy in front would say it: residents do not share one address.
        address = f"10.{visitor >> 16 & 255}.{visitor >> 8 & 255}.{visitor & 255}"
        headers = {"X-CSRFToken": self.token, "X-Forwarded-For": address}
        return await self._ask("POST", path, data=data, headers=headers, **more)

    async def open(self, path: str) -> str:
        """Fetch a page with a form on it, and remember its token. Raises Strange."""
        answer = await self.get(path)
        found = _TOKEN.search(answer.text)
        if answer.status != 200 or not found:
            raise Strange(f"{path} answered {answer.status} or had no form")
        self.token = found[1]
        return answer.text

    async def sign_in(self, username: str, password: str, *, at: str, then: str) -> None:
        """Through the real page. `then` is a page with a form, opened afterwards."""
        await self.open(at)
        form = {"login": username, "password": password, "csrfmiddlewaretoken": self.token}
        answer = await self.post(at, form)
        if answer.status != 302 or "login" in answer.location:
            raise Strange(f"{username} could not sign in: {answer.status} {answer.location}")
        await self.open(then)

    async def _ask(self, method: str, path: str, **given: Any) -> Answer:
        try:
            async with self._session.request(
                method, path, allow_redirects=False, **given
            ) as response:
                body = await response.read()
                return Answer(response.status, body, response.headers.get("Location", ""))
        except (aiohttp.ClientError, TimeoutError):
            return Answer(0, b"", "")
