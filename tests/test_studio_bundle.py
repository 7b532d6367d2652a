"""The page's modules become one script, since a page from disk may load none."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import audiobook.studio
from audiobook.studio.bundle import bundle_modules

PAGE = Path(audiobook.studio.__file__).parent / "page"


def _bundle(modules: dict[str, str], entry: str = "main.js") -> str:
    return bundle_modules(entry, modules.__getitem__)


def test_modules_come_after_what_they_import_and_each_once() -> None:
    script = _bundle(
        {
            "main.js": 'import { a } from "./deep/a.js";\nimport { b as bee } from "./b.js";\na(bee);\n',
            "deep/a.js": 'import { b } from "../b.js";\n\nexport function a(x) { return x + b; }\n',
            "b.js": "export const b = 1;\n",
        }
    )
    scopes = re.findall(r"^const (\w+) = ", script, re.MULTILINE)
    assert scopes == ["module_b", "b", "module_deep_a", "module_main"]
    assert "const { b: bee } = module_b;" in script
    assert "return { a };" in script
    assert "import" not in script
    assert "export" not in script


def test_every_kind_of_export_is_given_on() -> None:
    script = _bundle(
        {
            "main.js": 'import {\n  A,\n  b,\n  c,\n} from "./all.js";\nnew A();\n',
            "all.js": "export class A {}\nexport async function b() {}\nexport const c = 1;\nconst d = 2;\n",
        }
    )
    assert "const { A, b, c } = module_all;" in script
    assert "return { A, b, c };" in script


@pytest.mark.parametrize(
    "line",
    [
        "export default 1;",
        'import x from "./x.js";',
        'import "./x.js";',
        "export { a };",
        "export let a = 1;",
    ],
)
def test_what_it_does_not_know_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"main\.js: not known"):
        _bundle({"main.js": f"{line}\n"})


def test_modules_in_a_circle_are_refused() -> None:
    with pytest.raises(ValueError, match=r"a\.js → b\.js → a\.js"):
        _bundle(
            {
                "a.js": 'import { b } from "./b.js";\nexport const a = 1;\n',
                "b.js": 'import { a } from "./a.js";\nexport const b = 1;\n',
            },
            "a.js",
        )


@pytest.mark.parametrize("entry", ["main.js", "player/exported.js"])
def test_the_pages_own_modules_are_such(entry: str) -> None:
    script = bundle_modules(entry, lambda path: (PAGE / "js" / path).read_text(encoding="utf-8"))
    assert script.count("const module_player_player = ") == 1
    assert "class Player" in script
