from django.apps import AppConfig


class InsightsConfig(AppConfig):
    name = "gulou.insights"
