from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "gulou.demo"
