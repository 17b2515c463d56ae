from django.urls import path, register_converter

from .views import (
    bulk,
    checks,
    covers,
    entering,
    errands,
    files,
    following,
    inbox,
    insights,
    joint,
    lists,
    myday,
    office,
    orders,
    papers,
    printing,
    record,
    saved,
    templates,
)


class NumberConverter:
    """The number of a case, as an address may hold it."""

    regex = "[0-9A-Za-z-]{1,24}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(NumberConverter, "case_number")

app_name = "desk"
urlpatterns = [
    path("", myday.mine, name="queue"),
    path("cases/", lists.cases, name="cases"),
    path("cases/points.json", lists.points, name="points"),
    path("cases/export.csv", papers.export_csv, name="export_csv"),
    path("cases/export.xlsx", papers.export_xlsx, name="export_xlsx"),
    path("cases/print", printing.cases, name="print"),
    path("views/", saved.views, name="views"),
    path("views/save/", saved.save, name="save_view"),
    path("views/<int:view_id>/", saved.change, name="change_view"),
    path("columns/", saved.choose_columns, name="columns"),
    path("bulk/undo/", bulk.undo, name="bulk_undo"),
    path("bulk/print/", bulk.printed, name="bulk_print"),
    path("bulk/<slug:name>/", bulk.bulk, name="bulk"),
    path("cases/<case_number:number>/here/", saved.here, name="here"),
    path("cases/<case_number:number>/undo/", record.undo, name="undo"),
    path("cases/<case_number:number>/", record.record, name="record"),
    path("cases/<case_number:number>/around.json", lists.around, name="around"),
    path("cases/<case_number:number>/follow/", record.follow, name="follow"),
    path("cases/<case_number:number>/erase/", record.erase, name="erase"),
    path("cases/<case_number:number>/contact/<uuid:uid>/", record.contact, name="contact"),
    path("cases/<case_number:number>/link/<uuid:uid>/", record.link, name="link"),
    path(
        "cases/<case_number:number>/recurrences/<int:link>/", record.recurrence, name="recurrence"
    ),
    path("cases/<case_number:number>/photos/<uuid:uid>/", covers.covers, name="covers"),
    path("cases/<case_number:number>/<slug:name>/", record.move, name="move"),
    path("search", lists.find, name="find"),
    path("enter/", entering.enter, name="enter"),
    path("enter/pictures/", entering.pictures, name="pictures"),
    path("enter/pictures/<uuid:uid>/drop/", entering.drop, name="drop_draft"),
    path("enter/<uuid:uid>/", entering.entered, name="entered"),
    path("photos/<uuid:uid>/<slug:size>", files.photo, name="photo"),
    path("drafts/", files.stage, name="stage"),
    path("drafts/<uuid:uid>", files.draft, name="draft"),
    path("map/areas.json", files.areas, name="areas"),
    path("map/places.json", files.named_places, name="places"),
    path("following/", following.following, name="following"),
    path("mentions/<int:mention_id>/settle/", following.settle, name="settle"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/read/", inbox.read_all, name="inbox_read_all"),
    path("inbox/settings/", inbox.settings, name="inbox_settings"),
    path("inbox/devices/", inbox.add_device, name="add_device"),
    path("inbox/devices/<int:device_id>/remove/", inbox.remove_device, name="remove_device"),
    path("inbox/worker.js", inbox.worker, name="inbox_worker"),
    path("inbox/<int:item_id>/", inbox.told, name="inbox_item"),
    path("inbox/<int:item_id>/unread/", inbox.unread, name="inbox_unread"),
    path("checks/", checks.checks, name="checks"),
    path("checks/rechecks/<case_number:number>/", checks.take_over, name="take_over"),
    path("checks/<uuid:uid>/", checks.check, name="check"),
    path("checks/<uuid:uid>/hand-over/", checks.hand_over, name="check_hand_over"),
    path("checks/<uuid:uid>/name/", checks.name, name="check_name"),
    path("insights/", insights.insights, name="insights"),
    path("insights/points.json", insights.points, name="insight_points"),
    path("insights/cases/", insights.behind, name="insight_cases"),
    path("insights/step/", insights.take, name="insight_step"),
    path("assigned/", following.assigned, name="assigned"),
    path("templates/", templates.templates, name="templates"),
    path("templates/<uuid:uid>/", templates.template, name="template"),
    path("templates/<uuid:uid>/retire/", templates.retire, name="retire_template"),
    path("orders/", orders.orders, name="orders"),
    path("orders/give/", orders.give, name="order_give"),
    path("orders/papers/<slug:kind>/", orders.order_paper, name="order_paper"),
    path("orders/notices/<uuid:uid>/<slug:form>", orders.notice, name="notice"),
    path("orders/<uuid:uid>/", orders.order, name="order"),
    path("joint/", joint.operations_, name="joint"),
    path("joint/new/", joint.new, name="joint_new"),
    path("joint/photos/<uuid:uid>/<slug:size>", joint.photo, name="joint_photo"),
    path("joint/<case_number:number>/", joint.one, name="joint_one"),
    path("joint/<case_number:number>/points.json", joint.points, name="joint_points"),
    path("joint/<case_number:number>/erase/", joint.erase, name="joint_erase"),
    path("joint/<case_number:number>/sheet/<slug:form>/", joint.sheet, name="joint_sheet"),
    path("joint/<case_number:number>/<slug:name>/", joint.move, name="joint_move"),
    path("joint/<case_number:number>/parts/<int:part>/<slug:name>/", joint.move, name="joint_part"),
    path("units/", office.units, name="units"),
    path("papers/", papers.papers, name="papers"),
    path("papers/<slug:kind>/", papers.make, name="paper"),
    path("errands/", errands.mine, name="errands"),
    path("errands/<uuid:uid>/", errands.errand, name="errand"),
    path("errands/<uuid:uid>/cancel/", errands.cancel, name="errand_cancel"),
    path("errands/<uuid:uid>/file", errands.file, name="errand_file"),
    path("sent/", office.sent, name="sent"),
    path("sent/<int:parcel_id>/again/", office.resend, name="resend"),
    path("sent/letters/<int:letter_id>/again/", office.resend_letter, name="resend_letter"),
    path("sent/missives/<int:missive_id>/again/", office.resend_missive, name="resend_missive"),
    path("deliveries/", office.deliveries, name="deliveries"),
    path("deliveries/<int:delivery_id>/retry/", office.retry, name="retry"),
]
