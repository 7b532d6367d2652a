"""The studio's interface is what `openapi.json` says, and nothing that can be made up brings it down."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import audiobook.studio
from audiobook.building.recipe import make_stories
from audiobook.building.report import RunListener
from audiobook.building.run import Options
from audiobook.folders import cache_folder
from audiobook.project.layout import open_project
from audiobook.studio.app import Studio
from tests.conftest import TONES
from tests.studio import StudioClient, open_shared_studio, open_studio

NewProject = Callable[..., Path]

DESCRIPTION: dict[str, Any] = json.loads(
    (Path(audiobook.studio.__file__).parent / "openapi.json").read_text(encoding="utf-8")
)
STORY = '"Who is there?" asked Nora.\n\n"It is only the wind," said Max.\n'


@pytest.fixture
def studio(new_project: NewProject) -> Iterator[StudioClient]:
    project = new_project(a=STORY, empty="")
    make_stories(open_project(project), ["a"], Options(jobs=1), RunListener(), cache_folder=cache_folder())
    with open_studio(project) as client:
        client.wait_for_shelf()
        yield client


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StudioClient]:
    """One studio, with a finished story, for all that only read."""
    with open_shared_studio(tmp_path_factory, TONES, a=STORY, empty="") as (client, _):
        with client.events() as events:
            client.ask("api/make", "POST", value={"stories": ["a"]})
            assert any(name == "state" and data["message"].startswith("Done") for name, data in events)
        client.wait_for_shelf()
        yield client


@pytest.mark.slow
def test_every_address_and_method_is_described(shared: StudioClient) -> None:
    assert shared.ask("api/openapi.json").json == DESCRIPTION
    described = {
        (path, method.upper()) for path, methods in DESCRIPTION["paths"].items() for method in methods
    }
    there: set[tuple[str, str]] = set()
    for route in Studio(open_project(Path()), cache_folder(), token="", port=0).interface:
        path = re.sub(r":\w+}", "}", route.path)
        there |= {(path, method) for method in route.methods or () if method != "HEAD"}
    assert described == there


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("api/shelf", "/api/shelf"),
        ("api/voices", "/api/voices"),
        ("api/stories/a", "/api/stories/{name}"),
        ("api/stories/a/chapters", "/api/stories/{name}/chapters"),
        ("api/stories/a/cast", "/api/stories/{name}/cast"),
        ("api/stories/a/player", "/api/stories/{name}/player"),
        ("api/stories/a/details", "/api/stories/{name}/details"),
        ("api/stories/a/files", "/api/stories/{name}/files"),
        ("api/stories/a/tracks/1/peaks", "/api/stories/{name}/tracks/{number}/peaks"),
    ],
)
def test_answers_fit_their_description(path: str, place: str, shared: StudioClient) -> None:
    import jsonschema_rs

    answer = DESCRIPTION["paths"][place]["get"]["responses"]["200"]
    schema = answer["content"]["application/json"]["schema"]
    validator = jsonschema_rs.Draft202012Validator({**schema, "components": DESCRIPTION["components"]})
    value = shared.ask(path).json
    assert not [error.message for error in validator.iter_errors(value)]
    for name in ("story", "stories", "engines", "characters", "chapters", "tracks", "peaks", "files"):
        assert value.get(name, True), "an empty list would fit anything"


@pytest.mark.slow
@pytest.mark.usefixtures("own_bin")  # stories are removed, too
@pytest.mark.parametrize("names", [None, ["a", "empty"]], ids=["any-names", "names-of-stories"])
def test_nothing_that_is_made_up_brings_it_down(
    names: list[str] | None, studio: StudioClient, tmp_path: Path
) -> None:
    """What is wrong must be refused, too, and every answer be a described one."""
    description = json.loads(json.dumps(DESCRIPTION))
    for path, methods in description["paths"].items():
        for method in methods.values():
            if names and path.startswith("/api/stories/"):
                method["parameters"][0]["schema"] = {"enum": names}
    (tmp_path / "described.json").write_text(json.dumps(description), encoding="utf-8")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "run", "described.json"),
            *("--url", studio.address.rstrip("/"), "--max-examples", "40", "--seed", "1", "--workers", "1"),
            *("--exclude-path", "/api/events", "--generation-database", "none", "--no-color"),
            *("--request-timeout", "30", "--suppress-health-check", "all"),
            # Whether a name is a story's, or a word a voice's, no description can tell.
            *("--exclude-checks", "positive_data_acceptance"),
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        check=False,
    )
    told = "\n".join(line[:300] for line in (done.stdout + done.stderr).splitlines())
    assert done.returncode == 0, told[-10_000:]
    assert int(re.findall(r"(\d+) generated", done.stdout)[-1]) > 500
    assert studio.ask("api/shelf").status == 200
    assert {path.name for path in Path().iterdir()} <= {"texts", "voices.yaml", "output", "removed"}
