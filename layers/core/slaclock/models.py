"""What botocore knows of AWS's services, found where it lies."""

from collections.abc import Iterable

from botocore.loaders import Loader


class Models(Loader):
    """Loads the models of the services that are named.

    botocore's own goes through the folders of all of them, some four hundred, before it opens the first one:
    that takes a fifth of the time in which clients are made, more where the files were never read before.
    """

    def __init__(self, services: Iterable[str]) -> None:
        super().__init__()
        self._services = sorted(services)

    def list_available_services(self, type_name: str) -> list[str]:  # noqa: ARG002  (all have all types)
        return self._services
