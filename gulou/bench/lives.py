"""What may become of a made-up case: each kind of life, told once with marks where cases differ.

The facts are those of the house and are linked by its own canonical text, so a life is told as the
operations would have told it; filling its marks makes a case.
"""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from django.db import models

from gulou.cases import facts
from gulou.cases.models import (
    Case,
    CasePhoto,
    Channel,
    Findable,
    Note,
    PhotoKind,
    Report,
    Source,
    Step,
    Words,
)
from gulou.cases.states import ENDED, STEP_OF, State, StepKind
from gulou.catalogue import queries as catalogue
from gulou.catalogue.models import Reason
from gulou.kit.facts import Fact
from gulou.kit.worktime import Measure
from gulou.outbox.models import ALGORITHM, Event
from gulou.outbox.record import canonical, content_of
from gulou.people import queries as people
from gulou.people.models import Posting, User
from gulou.photos.models import Photo
from gulou.places import queries as places

from .marks import Template, line, moment, number, text

TABLES: tuple[type[models.Model], ...] = (
    Words, Case, Report, Step, Note, CasePhoto, Event, Findable,
)  # fmt: skip


class House:
    """Who and what there is in the district that the past is made up for."""

    def __init__(self) -> None:
        units = people.unit_refs().values()
        self.district, self.office = places.district().id, people.office().id
        posted = Posting.objects.order_by("-pk").values_list("unit_id", "user_id", "user__uid")
        self.worker = {unit: (user, f"user:{uid}") for unit, user, uid in posted}
        self.unit_of = {
            unit.area_id: unit.id for unit in units if unit.area_id and unit.id in self.worker
        }
        self.departments = [unit.id for unit in units if unit.kind == "department"]
        self.teams = [unit.id for unit in units if unit.kind == "supervision_team"]
        dispatcher = people.people_at([self.office], "case.dispatch")[0]
        self.desk = (dispatcher.pk, User.objects.get(pk=dispatcher.pk).actor)
        self.categories = [
            (one, default.id if (default := catalogue.default_condition(one.id)) else None)
            for one in catalogue.categories_for_public()
        ]
        self.reasons = dict(Reason.objects.order_by("-pk").values_list("kind", "pk"))
        self.pictures = list(Photo.objects.filter(state="kept").values_list("pk", "uid")[:200])


class Life:
    """One kind of life, from its report to `state`. Ids are marked `words0`, `words1`, `step0`, …
    by the names of the models."""

    def __init__(self, house: House, state: State, *, pictured: bool) -> None:
        self.house, self.state = house, state
        self.rows: dict[type[models.Model], list[dict[str, Any]]] = {one: [] for one in TABLES}
        self.linked: list[str] = []
        """The canonical text of each fact; its SHA-256 is marked `digest0`, `digest1`, …"""
        self.hours = 0
        self.unit: Any = house.office
        self.heads = dict[str, tuple[int, Any]]()
        self._begin(pictured)
        if state in (State.DECLINED, State.REDIRECTED):
            self._turn_away()
        elif state != State.RECEIVED:
            self._work()
        self._stay()

    def compiled(
        self, known: Mapping[str, int]
    ) -> tuple[list[Template], list[tuple[type[models.Model], Template]]]:
        """What is hashed, one after the other, each behind the known values of a case; and the
        lines for COPY."""
        hashes = {f"digest{n}": len(known) + n for n in range(len(self.linked))}
        at = {**known, **hashes}
        lines = [
            (model, Template("".join(line(list(row.values())) for row in rows), at))
            for model, rows in self.rows.items() if rows
        ]  # fmt: skip
        return [Template(one, at) for one in self.linked], lines

    def _add(self, model: type[models.Model], **columns: Any) -> Any:
        rows = self.rows[model]
        pk = number(f"{model._meta.model_name}{len(rows)}")
        rows.append({"id": pk, **columns})
        return pk

    def _begin(self, pictured: bool) -> None:
        """The report, the case opened by it, and its wait at intake."""
        house = self.house
        self.case = number("case0")
        self.category, self.condition = number("category"), number("condition")
        actor, case, uid = "report:«report_uid»", text("case_uid"), text("report_uid")
        words, digest = self._words(text("said"), "said")
        received = facts.ReportReceived(
            case=case, source=Source.RESIDENT.value, channel=Channel.WEB.value,
            category=self.category, words=words, words_digest=digest,
            photos=[text("picture_uid")] if pictured else [],
        )  # fmt: skip
        self._record(received, "cases.report", uid, actor)
        report = self._add(
            Report, uid=uid, district_id=house.district, case_id=self.case,
            receipt=text("receipt"), token=text("token"), client_id=text("client"),
            payload_digest=text("payload_digest"), me_too=False, source=Source.RESIDENT.value,
            channel=Channel.WEB.value, category_id=self.category, words_id=words,
            address=text("address"), lat=number("lat"), lon=number("lon"), cell=number("cell"),
            accuracy_m=12.0, source_system="wgs84", given_lat=number("lat"),
            given_lon=number("lon"), snapped_at=self.at, received_at=self.at, contact_id=None,
            reporter_id=None, entered_by_id=None, language="zh-hans", **self._head("cases.report"),
        )  # fmt: skip
        self.cover = number("picture") if pictured else None
        if pictured:
            self._add(
                CasePhoto, case_id=self.case, report_id=report, step_id=None, photo_id=self.cover,
                kind=PhotoKind.BEFORE.value, position=0, added_at=self.at, added_by_id=None,
                released_at=None, released_by_id=None,
            )  # fmt: skip
        self._begin_step(StepKind.INTAKE, house.office)
        opened = facts.CaseOpened(
            report=uid, category=self.category, code_set=number("code_set"), unit=house.office
        )
        self._record(opened, "cases.case", case, actor)

    def _turn_away(self) -> None:
        """Not filed, or passed on to its own channel."""
        self.hours += 1
        move = "decline" if self.state == State.DECLINED else "redirect"
        self._end_step(self.state.value, self.house.desk[0])
        words, digest = self._words("", "nothing")
        reason = self._note(move, words, self.house.desk[0])
        kind = facts.CaseDeclined if self.state == State.DECLINED else facts.CaseRedirected
        self._moved(kind(words=words, words_digest=digest, reason=reason), self.house.desk[1])

    def _work(self) -> None:
        """Filed, dispatched, accepted, handled, closed: as far as it has come."""
        far = (State.FILED, State.DISPATCHED, State.HANDLING, State.HANDLED, State.CLOSED)
        steps = (self._file, self._dispatch, self._accept, self._handle_and_draw, self._close)
        for reached, step in zip(far, steps, strict=True):
            self.hours += 1
            step()
            if reached == self.state:
                return

    def _stay(self) -> None:
        """The case as it stands."""
        ended = self.state in ENDED
        step: dict[str, Any] = {} if ended else self.step
        if step and STEP_OF.get(self.state) != step["kind"]:
            raise AssertionError(f"a case is not {self.state} in a {step['kind']} step")
        self._add(
            Case, uid=text("case_uid"), **self._head("cases.case"), lat=number("lat"),
            lon=number("lon"), cell=number("cell"), accuracy_m=12.0, source_system="wgs84",
            number=text("number"), version=self.heads["cases.case"][0], state=self.state.value,
            restricted=self.state == State.REDIRECTED, source=Source.RESIDENT.value,
            district_id=self.house.district, street_id=number("street"),
            community_id=number("community"), grid_id=number("grid"), place_ambiguous=False,
            address=text("address"), code_set_id=number("code_set"), category_id=self.category,
            condition_id=self.condition, unit_id=self.unit, assisting=[], rule_id=None,
            step_id=step.get("id"), step_kind=step.get("kind", ""),
            step_unit_id=step.get("unit_id"), step_person_id=step.get("person_id"), due_at=step.get("due_at"),
            opened_at=moment("at0"), changed_at=self.at, ended_at=self.at if ended else None,
            returns=0, reworks=0, reports_count=1, merged_into_id=None, objected_at=None,
            cover_id=self.cover, summary="",
        )  # fmt: skip
        handled = self.state in (State.HANDLED, State.CLOSED)
        terms = text("terms") + (" " + text("done_terms") if handled else "")
        self.rows[Findable].append({"case_id": self.case, "terms": terms})

    def _file(self) -> None:
        self._end_step("filed", self.house.desk[0])
        step = self._begin_step(StepKind.DISPATCH, self.house.office)
        condition = number("condition_or_null")
        fact = facts.CaseFiled(category=self.category, condition=condition, step=step)
        self._moved(fact, self.house.desk[1])

    def _dispatch(self) -> None:
        self._end_step("dispatched", self.house.desk[0])
        self.unit = number("unit")
        step = self._begin_step(StepKind.ACCEPT, self.unit)
        self._moved(facts.CaseDispatched(unit=self.unit, step=step), self.house.desk[1])

    def _accept(self) -> None:
        self._end_step("accepted", number("worker"))
        step = self._begin_step(StepKind.HANDLE, self.unit)
        self._moved(facts.CaseAccepted(unit=self.unit, step=step), text("worker_actor"))

    def _handle_and_draw(self) -> None:
        """Handled, and who rechecks it drawn, of one who may."""
        words, digest = self._words(text("done"), "done")
        self._note("handle", words, number("worker"))
        self._end_step("handled", number("worker"))
        step = self._begin_step(StepKind.RECHECK, number("team"))
        self.step["person_id"] = number("checker")
        fact = facts.CaseHandled(unit=self.unit, step=step, words=words, words_digest=digest)
        self._moved(fact, text("worker_actor"))
        lot = facts.RecheckDrawn(
            step=step, unit=number("team"), person=text("checker_uid"), seed=text("lot"),
            candidates=[text("checker_uid")], digest=text("checker_digest"),
        )  # fmt: skip
        self._moved(lot, "system")

    def _close(self) -> None:
        self._end_step("passed", number("checker"))
        self._moved(facts.CaseClosed(step=self.step["id"]), text("checker_actor"))

    @property
    def at(self) -> Any:
        """When it is now in this life: `at0` at first, later after each move."""
        return moment(f"at{self.hours}")

    def _moved(self, fact: Fact, actor: str) -> None:
        self._record(fact, "cases.case", text("case_uid"), actor)

    def _record(self, fact: Fact, kind: str, uid: Any, actor: str) -> None:
        """One link more in the chain of this subject."""
        sequence, previous = self.heads.get(kind, (0, ""))
        row = {
            "subject_kind": kind, "subject_uid": uid, "sequence": sequence + 1, "name": fact.name,
            "payload": vars(fact), "actor": actor, "at": self.at, "previous": previous,
        }  # fmt: skip
        digest = text(f"digest{len(self.linked)}")
        self.linked.append(content_of(SimpleNamespace(**row)))
        self.heads[kind] = sequence + 1, digest
        row["payload"] = canonical(row["payload"])
        self._add(Event, **row, algorithm=ALGORITHM, digest=digest)

    def _head(self, kind: str) -> dict[str, Any]:
        sequence, digest = self.heads[kind]
        return {"head_sequence": sequence, "head_digest": digest}

    def _begin_step(self, kind: StepKind, unit: Any) -> Any:
        pk = self._add(
            Step, case_id=self.case, parent_id=None, kind=kind.value, unit_id=unit, person_id=None,
            started_at=self.at, due_at=moment(f"due{self.hours}"), ended_at=None,
            ended_by_id=None, outcome="", limit_amount=number(f"limit{self.hours}"),
            limit_unit=Measure.HOUR.value,
        )  # fmt: skip
        self.step = self.rows[Step][-1]
        return pk

    def _end_step(self, outcome: str, person: Any) -> None:
        self.step.update(ended_at=self.at, ended_by_id=person, outcome=outcome)

    def _note(self, move: str, words: Any, person: Any) -> int | None:
        reason = self.house.reasons.get(move)
        self._add(
            Note, case_id=self.case, words_id=words, reason_id=reason, move=move, by_id=person,
            at=self.at,
        )  # fmt: skip
        return reason

    def _words(self, said: str, name: str) -> tuple[Any, Any]:
        """Words and the mark of their digest, with the salt of this name."""
        pk = self._add(Words, text=said, salt=text(f"{name}_salt"), erased_at=None)
        return pk, text(f"{name}_digest")
