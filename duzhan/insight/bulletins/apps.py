from django.apps import AppConfig


class BulletinsConfig(AppConfig):
    name = "duzhan.insight.bulletins"
    label = "bulletins"
