"""What functions know of AWS's endpoints, from the layer: what botocore knows of the same services."""

import json
from pathlib import Path

import pytest
from botocore.loaders import Loader
from botocore.regions import EndpointResolver

from scripts.endpoints import SERVICES, cut, read
from slaclock import models
from slaclock.models import Models
from slaclock.patience import FUNCTIONS
from slaclock.wiring import Wiring

LIST = Path(Loader.BUILTIN_DATA_PATH) / "endpoints.json"
REGIONS = ["aws-global", "cn-north-1", "eu-north-1", "us-east-1", "us-gov-west-1", "xx-new-1"]


@pytest.fixture
def layer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The endpoints of a built layer."""
    path = tmp_path / "endpoints.json"
    path.write_text(json.dumps(cut(read(LIST))))
    monkeypatch.setattr(models, "ENDPOINTS", path)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    return path


@pytest.fixture(scope="module")
def lists() -> tuple[EndpointResolver, EndpointResolver]:
    """That of botocore, and ours."""
    return EndpointResolver(read(LIST)), EndpointResolver(cut(read(LIST)))


@pytest.mark.parametrize(("dual", "fips"), [(False, False), (True, False), (False, True)])
@pytest.mark.parametrize("service", sorted(SERVICES))
def test_an_endpoint_is_the_one_that_botocore_gives(
    service: str, *, dual: bool, fips: bool, lists: tuple[EndpointResolver, EndpointResolver]
) -> None:
    """In every partition, of a region that is not listed, and of a service that has one for all regions."""
    for region in REGIONS:
        whole, ours = (each.construct_endpoint(service, region, None, dual, fips) for each in lists)
        assert ours == whole


def test_the_list_is_a_small_part_of_botocores(layer: Path) -> None:
    """Which is read in each start: 1.2 MB, a tenth of it."""
    assert layer.stat().st_size < 100_000


@pytest.mark.parametrize(
    ("name", "service", "region", "url"),
    [
        ("webhook", "s3", "us-east-1", "https://s3.amazonaws.com"),
        ("webhook", "s3", "eu-north-1", "https://s3.eu-north-1.amazonaws.com"),
        ("records", "iam", "eu-north-1", "https://iam.amazonaws.com"),
        ("notify", "sns", "cn-north-1", "https://sns.cn-north-1.amazonaws.com.cn"),
        ("arm", "scheduler", "eu-north-1", "https://scheduler.eu-north-1.amazonaws.com"),
    ],
)
@pytest.mark.usefixtures("layer")
def test_a_client_of_a_function_asks_where_aws_is(name: str, service: str, region: str, url: str) -> None:
    """As its own list has it, and its rules."""
    wiring = Wiring({"AWS_REGION": region}, patience=FUNCTIONS[name])
    wiring.connection.session.register_component("data_loader", Models(wiring.services))
    assert wiring.client(service).meta.endpoint_url == url


@pytest.mark.usefixtures("layer")
def test_the_list_counts_as_botocores_own() -> None:
    """One of somebody else's would go before botocore's rules for endpoints."""
    loader = Models(["sns"])
    found, where = loader.load_data_with_path("endpoints")
    assert set(found["partitions"][0]["services"]) == SERVICES
    assert loader.is_builtin_path(where)


def test_where_the_layer_is_not_built_botocores_own_list_is_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As from the sources, or by a machine without the runtime's Python."""
    monkeypatch.setattr(models, "ENDPOINTS", tmp_path / "none")
    found, _ = Models(["sns"]).load_data_with_path("endpoints")
    assert "ec2" in found["partitions"][0]["services"]
