from django.apps import AppConfig


class JointConfig(AppConfig):
    name = "gulou.joint"
