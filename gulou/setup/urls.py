from django.urls import path

from .views import home, rules

app_name = "setup"
urlpatterns = [
    path("", home.home, name="home"),
    path("undo/<slug:room>/<int:event_id>/", home.undo, name="undo"),
    path("rules/", rules.rules, name="rules"),
    path("rules/new/", rules.rule_new, name="rule_new"),
    path("rules/check/", rules.check, name="rules_check"),
    path("rules/try/", rules.attempt, name="rules_try"),
    path("rules/history/", rules.rules_history, name="rules_history"),
    path("rules/<int:rule_id>/", rules.rule, name="rule"),
    path("rules/<int:rule_id>/end/", rules.rule_end, name="rule_end"),
    path("rules/<int:rule_id>/history/", rules.rule_history, name="rule_history"),
]
