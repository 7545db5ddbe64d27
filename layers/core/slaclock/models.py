"""What botocore knows of AWS's services, found where it lies."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from botocore.loaders import Loader

ENDPOINTS = Path(__file__).with_name("endpoints.json")  # in the built layer: see scripts/endpoints.py


class Models(Loader):
    """Loads the models of the services that are named.

    botocore's own goes through the folders of all of them, some four hundred, before it opens the first one:
    that takes a fifth of the time in which clients are made, more where the files were never read before. And
    it reads the endpoints of all of them, 1.2 MB, a tenth of a start: the layer has those of ours.
    """

    def __init__(self, services: Iterable[str]) -> None:
        super().__init__()
        self._services = sorted(services)

    def list_available_services(self, type_name: str) -> list[str]:  # noqa: ARG002  (all have all types)
        return self._services

    def load_data_with_path(self, name: str) -> Any:
        """What botocore has by that name, and where: as botocore's own, which the layer's endpoints are."""
        if name == "endpoints" and ENDPOINTS.exists():
            return json.loads(ENDPOINTS.read_bytes()), self.BUILTIN_DATA_PATH
        return super().load_data_with_path(name)
