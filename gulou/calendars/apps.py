from django.apps import AppConfig


class CalendarsConfig(AppConfig):
    name = "gulou.calendars"
