from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "duzhan.people"
    label = "people"
