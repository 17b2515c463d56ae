from django.apps import AppConfig


class FieldConfig(AppConfig):
    name = "gulou.field"
