"""Links as codes for a camera."""

import re

from gulou.ui.qr import QUIET, qr_svg


def test_it_is_a_square_of_dark_modules_with_a_quiet_border() -> None:
    drawn = qr_svg("https://gulou.example/t/abc/", label="A <b>link</b>")
    size = int(re.search(r'viewBox="0 0 (\d+) \1"', drawn)[1])  # type: ignore[index]  # fails if not
    places = [(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h1", drawn)]
    assert (size - 2 * QUIET - 17) % 4 == 0
    assert {min(x for x, _ in places), min(y for _, y in places)} == {QUIET}
    assert max(x for x, _ in places) == size - QUIET - 1
    assert "A &lt;b&gt;link" in drawn
    assert "style=" not in drawn


def test_another_link_is_another_code() -> None:
    one, other = (qr_svg(f"https://gulou.example/t/{end}/", label="") for end in "ab")
    assert one != other
