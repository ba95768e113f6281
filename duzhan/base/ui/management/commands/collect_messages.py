"""Keeps the English catalogue in step with what the code says."""

from django.core.management.base import BaseCommand, CommandError

from duzhan.base.ui import catalogue


class Command(BaseCommand):
    help = "Collects every Chinese message, keeps its English, lists what has none, and compiles the catalogue."

    def add_arguments(self, parser):
        parser.add_argument(
            "--check", action="store_true", help="Change nothing; end with 1 when something is missing."
        )
        parser.add_argument("--compile-only", action="store_true", help="Only write what Django reads, from the .po.")

    def handle(self, *args, check, compile_only, **options):
        if compile_only:
            catalogue.compile_catalogue()
            return
        messages = catalogue.collect()
        known = catalogue.read_catalogue()
        missing, wrong = catalogue.untranslated(messages, known), catalogue.misfits(messages, known)
        for message in missing:
            self.stdout.write(f"{message.places[0]}: {message.first}")
        for message, form in wrong:
            self.stdout.write(f"{message.places[0]}: {message.first} ≠ {form}")
        self.stdout.write(f"{len(messages)} messages, {len(missing)} without English, {len(wrong)} that do not fit")
        if check and (missing or wrong):
            raise CommandError("The English catalogue is not complete.", returncode=1)
        if not check:
            catalogue.catalogue_file().parent.mkdir(parents=True, exist_ok=True)
            catalogue.catalogue_file().write_bytes(catalogue.written(catalogue.merged(messages, known)))
            catalogue.compile_catalogue()
