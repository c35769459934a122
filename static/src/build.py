"""Build static/app.css: a subset of Bootstrap 5.3.8 (MIT) and our own rules, in one small file.

    npm pack bootstrap@5.3.8 && tar xzf bootstrap-5.3.8.tgz
    python static/src/build.py package/dist/css/bootstrap.css

The subset is a list of class names (KEPT below): a rule stays when every class that its selector
names is in the list. `--check` says by its exit code whether app.css is as built.
"""

import argparse
import gzip
import re
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
OWN = HERE / "kotim.css"
OUTPUT = HERE.parent / "app.css"
BUDGET = 22 * 1024
HEADER = (
    "/*! Kotim Social, built by static/src/build.py. Contains a subset of Bootstrap 5.3.8"
    " (https://getbootstrap.com), Copyright 2011-2025 The Bootstrap Authors, MIT licence. */\n"
)
SIDES = "(?:[tbseyx])?-(?:0|1|2|3|4|5|auto)"
KEPT = re.compile(
    "|".join(
        (
            "container",
            "row",
            "col(?:-auto)?",
            "col-(?:sm-|md-|lg-)?(?:1?[0-9]|auto)",
            "col-(?:sm|md|lg)",
            "g[xy]?-[0-4]",
            "h[1-6]",
            "small",
            "lead",
            "list-(?:unstyled|inline|inline-item)",
            "table(?:-sm)?",
            "form-(?:label|text|control|control-sm|select|select-sm|check|check-input|check-label"
            "|check-inline)",
            "input-group(?:-text)?",
            "invalid-feedback|is-invalid",
            "btn(?:-sm|-lg)?",
            "alert(?:-heading|-link)?",
            "pagination|page-item|page-link|active|disabled",
            "visually-hidden(?:-focusable)?",
            "d-(?:sm-|md-|lg-)?(?:none|inline|inline-block|block|flex|grid)",
            "m" + SIDES,
            "p" + SIDES.replace("|auto", ""),
            "text-(?:start|end|center|nowrap|break)",
            "fw-(?:bold|normal)",
            "flex-(?:wrap|column|grow-1|shrink-0)",
            "gap-[1-4]",
            "align-items-(?:start|center|end|baseline)",
            "justify-content-(?:between|end|center)",
            "w-100",
            "h-auto",
        )
    )
)
# Told by the selector as a whole: themes we do not offer, and states that we never write.
DROPPED = re.compile(
    r"data-bs-theme=dark|:valid\b|:invalid\b|was-validated|-moz-|type=range|type=color|:-ms-|"
    r"floating|btn-check|has-validation|\bsamp\b|\bkbd\b|\baudio\b|\bcanvas\b|list=|\baddress\b"
)
UNUSED_VARIABLE = re.compile(
    r"--bs-(?:blue|indigo|purple|pink|red|orange|yellow|green|teal|cyan|black|white|gray[\w-]*"
    r"|primary[\w-]*|secondary-(?:text|bg-subtle|border|rgb)[\w-]*|secondary|success[\w-]*"
    r"|info[\w-]*|warning[\w-]*|danger[\w-]*|light[\w-]*|dark[\w-]*|gradient|box-shadow[\w-]*"
    r"|focus-ring[\w-]*|code-color|form-valid[\w-]*|white-rgb|black-rgb|border-radius-x+l"
    r"|border-radius-2xl|border-radius-pill|breakpoint-\w+|btn-close[\w-]*|carousel[\w-]*)\s*:|transition:"
)
CLASS = re.compile(r"\.(-?[_a-zA-Z][\w-]*)")


def blocks(css: str) -> Iterator[tuple[str, str]]:
    """Yield (prelude, body) of each top-level block; @charset and the like are left out."""
    position = 0
    while (opening := css.find("{", position)) != -1:
        depth, end = 1, opening + 1
        while depth:
            depth += {"{": 1, "}": -1}.get(css[end], 0)
            end += 1
        prelude = css[position:opening].rsplit(";", 1)[-1]
        yield prelude.strip(), css[opening + 1 : end - 1].strip()
        position = end


def kept_selectors(prelude: str) -> str:
    """Return the selectors of a rule that we use, joined again; "" when none is left."""
    # Commas inside :not(a, b) do not part selectors.
    selectors = re.split(r",(?![^(]*\))", prelude)
    return ",".join(
        selector.strip()
        for selector in selectors
        if not DROPPED.search(selector)
        and all(KEPT.fullmatch(name) for name in CLASS.findall(selector))
    )


def subset(css: str) -> str:
    parts: list[str] = []
    for prelude, body in blocks(css):
        if prelude.startswith(("@media", "@supports")):
            inner = subset(body)
            if inner and "prefers-reduced-motion" not in prelude:
                parts.append(f"{prelude}{{{inner}}}")
        elif prelude.startswith("@"):
            continue
        elif selectors := kept_selectors(prelude):
            declarations = [
                line.strip()
                for line in re.split(r";(?![^(]*\))", body)
                if line.strip() and not UNUSED_VARIABLE.match(line.strip())
            ]
            if declarations:
                parts.append(f"{selectors}{{{';'.join(declarations)}}}")
    return "\n".join(parts)


def minified(css: str) -> str:
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.S)
    css = re.sub(r"\s+", " ", css)
    css = re.sub(r"\s*([{};,>])\s*", r"\1", css)
    css = re.sub(r":\s+(?=[^{}]*[;}])", ":", css)
    return css.replace(";}", "}").replace("}", "}\n").strip() + "\n"


def build(bootstrap: Path) -> str:
    source = re.sub(r"/\*.*?\*/", "", bootstrap.read_text(encoding="utf-8"), flags=re.S)
    return HEADER + minified(subset(source)) + minified(OWN.read_text(encoding="utf-8"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bootstrap", type=Path, help="bootstrap.css of Bootstrap 5.3.8")
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    options = parser.parse_args()
    css = build(options.bootstrap)
    size = len(gzip.compress(css.encode("utf-8"), 9))
    sys.stdout.write(f"app.css: {len(css)} bytes, {size} gzipped (budget {BUDGET})\n")
    if size > BUDGET:
        return 1
    if options.check:
        return int(OUTPUT.read_text(encoding="utf-8") != css)
    OUTPUT.write_text(css, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
