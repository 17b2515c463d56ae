"""The catalogue is whole: everything said is translated, nothing else is, no placeholder broken."""

from pathlib import Path

import pytest

from gulou.ui import catalogue

HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'


def test_our_own_catalogue_is_whole() -> None:
    assert catalogue.check() == []


@pytest.fixture
def room(tmp_path: Path) -> Path:
    (tmp_path / "room" / "templates").mkdir(parents=True)
    (tmp_path / "parts").mkdir()
    return tmp_path


def _wrong(at: Path, python: str = "", page: str = "", **parts: str) -> list[str]:
    (at / "room" / "views.py").write_text(python)
    (at / "room" / "templates" / "page.html").write_text(page)
    for name, entries in parts.items():
        (at / "parts" / f"{name}.po").write_text(HEAD + entries)
    found, quarrels = catalogue.translated(at / "parts")
    return quarrels + catalogue.problems(catalogue.said(at / "room"), found)


def test_it_finds_what_code_and_pages_say(room: Path) -> None:
    wrong = _wrong(
        room,
        'x = _("In code")\ny = pgettext("window", "Close")\nz = ngettext("one", "%(n)d", n)',
        '{% load i18n %}{% translate "In a page" %}{% chip _("In a tag") "?" %}'
        "{% blocktranslate trimmed %}\n Over\n lines\n{% endblocktranslate %}",
    )
    for sentence in ("In code", "Close", "one", "In a page", "In a tag", "Over lines"):
        assert any(repr(sentence) in line for line in wrong), sentence
    assert len(wrong) == 6


def test_it_is_content_when_all_is_translated(room: Path) -> None:
    assert _wrong(room, '_("Send")', room='msgid "Send"\nmsgstr "提交"\n') == []


def test_it_names_what_nobody_says_any_more(room: Path) -> None:
    assert _wrong(room, room='msgid "Old"\nmsgstr "旧"\n') == [
        "said nowhere: 'Old' (parts/room.po)"
    ]


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("%(n)s photos", "照片"),
        ("{size} MB", "{大小} MB"),
        ("%s left", "还剩 %d"),
        ("Late", "超时 %s"),
    ],
)
def test_it_names_a_broken_placeholder(room: Path, english: str, chinese: str) -> None:
    wrong = _wrong(room, f'_("{english}")', room=f'msgid "{english}"\nmsgstr "{chinese}"\n')
    assert wrong == [f"placeholders differ: {english!r} (parts/room.po)"]


def test_an_empty_or_doubtful_translation_is_none(room: Path) -> None:
    parts = 'msgid "A"\nmsgstr ""\n\n#, fuzzy\nmsgid "B"\nmsgstr "乙"\n'
    assert len(_wrong(room, '_("A")\n_("B")', room=parts)) == 2


def test_it_tells_when_two_rooms_disagree(room: Path) -> None:
    wrong = _wrong(
        room,
        '_("Close")',
        one='msgid "Close"\nmsgstr "结案"\n',
        two='msgid "Close"\nmsgstr "关闭"\n',
    )
    assert wrong == ["one and two translate differently: 'Close'"]


def test_the_merged_file_has_no_dates_and_one_form(room: Path) -> None:
    _wrong(room, 'ngettext("%(n)d day", "%(n)d days", n)',
           room='msgid "%(n)d day"\nmsgid_plural "%(n)d days"\nmsgstr[0] "%(n)d 天"\n')  # fmt: skip
    found, _ = catalogue.translated(room / "parts")
    text = catalogue.po_text(catalogue.merged(catalogue.said(room / "room"), found)).decode()
    assert "Date" not in text
    assert 'msgstr[0] "%(n)d 天"' in text
    assert "msgstr[1]" not in text
