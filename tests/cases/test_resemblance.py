"""How much two reports look alike: points, and the words for them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from django.utils.translation import override

from gulou.cases.resemblance import SHOWN, Sight, address_terms, reasons, resemblance
from gulou.kit.words import bigrams

HERE = Sight(26.07, 119.29, datetime(2026, 11, 23, 9, tzinfo=UTC), "rubbish", "clean")
METRE = 1 / 111_195


def moved(metres: float, **other: object) -> Sight:
    return replace(HERE, lat=HERE.lat + metres * METRE, **other)  # type: ignore[arg-type]


def score(one: Sight) -> float:
    return resemblance(HERE, one).score


def test_the_same_kind_close_by_on_one_day_is_asked_about() -> None:
    assert score(moved(30)) >= SHOWN
    assert score(moved(50)) >= SHOWN


def test_another_kind_next_door_or_the_same_far_away_is_not() -> None:
    assert score(moved(10, category="lamp", kinds="light")) < SHOWN
    assert score(moved(150)) < SHOWN


def test_nearer_sooner_and_alike_never_scores_less() -> None:
    order = [moved(metres) for metres in (0, 20, 50, 90, 150, 500)]
    assert [score(one) for one in order] == sorted(map(score, order), reverse=True)
    waits = [replace(HERE, at=HERE.at - timedelta(days=n)) for n in (0, 2, 5, 10, 20, 50)]
    assert [score(one) for one in waits] == sorted(map(score, waits), reverse=True)
    words = frozenset(bigrams("路边的垃圾桶满了没人收"))
    said = replace(HERE, words=words)
    others = [words, frozenset(bigrams("垃圾桶满了")), frozenset(bigrams("路灯不亮已经一周"))]
    found = [resemblance(said, replace(HERE, words=one)).score for one in others]
    assert found == sorted(found, reverse=True) and found[0] > found[-1]


def test_what_a_place_is_exact_to_explains_a_distance() -> None:
    assert score(moved(60, accuracy_m=40.0)) > score(moved(60))


def test_a_picture_seen_before_is_enough_wherever_it_was() -> None:
    mine = replace(HERE, pictures=(0xF0F0_1234_5678_9ABC,))
    same = moved(900, pictures=(0xF0F0_1234_5678_9ABD,))
    other = moved(900, pictures=(0x0F0F_EDCB_A987_6543,))
    assert resemblance(mine, same).score >= SHOWN > resemblance(mine, other).score
    assert resemblance(mine, other).score == score(moved(900))


def test_the_numbers_of_two_houses_are_two_places() -> None:
    mine = replace(HERE, address=address_terms("五四路 12 号"))
    same, next_door = address_terms("五四路12号"), address_terms("五四路16号")
    here, there = (resemblance(mine, moved(10, address=one)) for one in (same, next_door))
    assert here.same_address and not there.same_address
    assert here.score - there.score == 3.0


def test_it_is_the_same_from_both_sides() -> None:
    other = moved(40, at=HERE.at - timedelta(days=4), category="butts")
    there, back = resemblance(HERE, other), resemblance(other, HERE)
    assert there.score == back.score and there.days == -back.days == 4


def test_reasons_are_said_in_words() -> None:
    other = moved(
        30, at=HERE.at - timedelta(days=1), pictures=(7,), words=frozenset("abc"),
        address=address_terms("东街口"),
    )  # fmt: skip
    mine = replace(HERE, pictures=(7 << 1,), words=frozenset("abc"), address=other.address)
    with override("en"):
        assert reasons(resemblance(mine, other)) == [
            "30 m away", "same category", "reported 1 day before", "same address",
            "similar words", "almost the same picture",
        ]  # fmt: skip
        assert "reported 1 day later" in reasons(resemblance(other, mine))
