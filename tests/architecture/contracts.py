"""An import contract that import-linter does not bring: what is private to its own app, whichever app that is."""

from importlinter import Contract, ContractCheck, fields, output


class PrivateContract(Contract):
    """Modules of these names may be imported from the app they stand in, and from nowhere else.

    `private_names`: last parts of module names. `allowed_importers`: packages that may import them all the same.
    """

    type_name = "private"

    private_names = fields.SetField(subfield=fields.StringField())
    allowed_importers = fields.ListField(subfield=fields.StringField())

    def check(self, graph, verbose):
        illegal = [
            (importer, module)
            for module in sorted(graph.modules)
            if (app := self.owner_of(module))
            for importer in sorted(graph.find_modules_that_directly_import(module))
            if not self.is_allowed(importer, app)
        ]
        return ContractCheck(kept=not illegal, metadata={"illegal": illegal})

    def owner_of(self, module):
        """The app a private module stands in; None for a module that is not private."""
        parts = module.split(".")
        places = [place for place, part in enumerate(parts) if part in self.private_names]
        return ".".join(parts[: places[0]]) if places else None

    def is_allowed(self, importer, app):
        return any(f"{importer}.".startswith(f"{package}.") for package in [app, *self.allowed_importers])

    def render_broken_contract(self, check):
        for importer, module in check.metadata["illegal"]:
            output.print_error(f"{importer} imports {module}, which is private to its app.", bold=False)
            output.new_line()
