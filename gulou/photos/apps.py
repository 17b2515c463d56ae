from django.apps import AppConfig


class PhotosConfig(AppConfig):
    name = "gulou.photos"
