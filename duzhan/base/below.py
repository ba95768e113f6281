"""What lies below a path of the tree of areas, asked as a range."""

from django.db.models import BooleanField, F, Lookup

BEYOND = "~"  # comes after every letter of a path


class Below(Lookup):
    """`rows.filter(Below("area_path", path))`: this area and all below it, as `area_path__startswith`.

    That is `LIKE` to PostgreSQL, which holds each row against it once more, and does not know how it goes together with a
    unit: it guessed one row in twenty.
    """

    output_field = BooleanField()

    def __init__(self, column, path):
        super().__init__(F(column), path)

    def get_prep_lookup(self):
        return self.rhs

    def as_sql(self, compiler, connection):
        return self._between(compiler, connection, ">=", "<")

    def as_postgresql(self, compiler, connection):
        return self._between(compiler, connection, "~>=~", "~<~")  # letter by letter, whatever the database's language

    def _between(self, compiler, connection, since, until):
        column, parameters = self.process_lhs(compiler, connection)
        return (
            f"({column} {since} %s AND {column} {until} %s)",
            [*parameters, self.rhs, *parameters, f"{self.rhs}{BEYOND}"],
        )
