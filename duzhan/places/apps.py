from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "duzhan.places"
    label = "places"
