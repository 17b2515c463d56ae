from django.apps import AppConfig


class WorkbenchConfig(AppConfig):
    name = "gulou.workbench"
