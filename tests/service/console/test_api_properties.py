"""Whatever its own description allows, and much that it does not, the API answers as it says: tried from that
description, on a real socket, by a program with every right."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from itertools import count

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from kiosk.service.house.accounts import Role
from tests.service.console.console_stage import Stage, stage
from tests.service.console.made_up import fill

TRIES = settings(
    max_examples=3,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    database=None,
)
# What a description allows can still be refused for what it means (400): knowledge without an entry, for instance. A
# 422 for it would say that the description is wrong.
TAKEN = ["2xx", "3xx", "400", "401", "403", "404", "409", "429", "503"]
CONFIG = schemathesis.Config.from_dict(
    {
        "checks": {
            "positive_data_acceptance": {"expected-statuses": TAKEN},
            "negative_data_rejection": {"expected-statuses": ["4xx", "503"]},
        }
    }
)
REQUESTS = 100  # of one token, well below its pace


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage(tmp_path_factory.mktemp("house")) as one:
        fill(one.conversations, 12)
        yield one


@pytest.fixture(scope="module")
def tokens(house: Stage) -> Iterator[str]:
    def fresh() -> Iterator[str]:
        for number in count():
            if number % REQUESTS == 0:
                token = house.program(Role.ADMIN).token
            yield token

    return fresh()


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_the_api_does_what_it_says(house: Stage, tokens: Iterator[str], mode: GenerationMode) -> None:
    """What the description allows is taken, what it does not is refused, and every answer is one that it names."""
    tried_through(house, tokens, mode, TRIES)


@pytest.mark.slow
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_the_api_does_what_it_says_for_long(house: Stage, tokens: Iterator[str], mode: GenerationMode) -> None:
    tried_through(house, tokens, mode, settings(TRIES, max_examples=50, derandomize=False))


def tried_through(house: Stage, tokens: Iterator[str], mode: GenerationMode, tries: settings) -> None:
    described = schemathesis.openapi.from_url(f"{house.url}/api/v1/openapi.json", config=CONFIG)
    operations = [found.ok() for found in described.get_all_operations()]
    assert len(operations) >= 8
    for operation in operations:

        @tries
        @given(operation.as_strategy(generation_mode=mode))
        def one(case: schemathesis.Case) -> None:
            case.call_and_validate(headers={"Authorization": f"Bearer {next(tokens)}"}, excluded_checks=beyond(case))

        with contextlib.suppress(Unsatisfiable):  # nothing can be wrong with a request that takes nothing
            one()


def beyond(case: schemathesis.Case) -> list[Callable[..., bool | None]]:
    """Words have rules that no schema can say: where 400 is described, it may answer what the schema allows."""
    return [positive_data_acceptance] if "400" in case.operation.definition.raw["responses"] else []


def test_every_operation_is_described(house: Stage) -> None:
    described = house.visitor().get("/api/v1/openapi.json").json
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            where = f"{method} {path}"
            assert operation["summary"], where
            assert operation["security"], f"{where} is open to everybody"
            assert {"401", "403", "422"} <= set(operation["responses"]), where
            for status, answer in operation["responses"].items():
                if status >= "400":
                    body = answer["content"]["application/json"]["schema"]
                    kinds = [one["$ref"] for one in body.get("anyOf", [body])]
                    assert {"#/components/schemas/Problem", "#/components/schemas/Cost"} & set(kinds), where
