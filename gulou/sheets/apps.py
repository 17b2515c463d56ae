from django.apps import AppConfig


class SheetsConfig(AppConfig):
    name = "gulou.sheets"
