from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "gulou.catalogue"
