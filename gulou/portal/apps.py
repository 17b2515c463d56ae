from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "gulou.portal"
