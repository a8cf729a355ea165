"""Builds what phones and desks download: generated modules, bundles, hashes, precache lists.

Run by `make build`; the server only reads the result (outreach/web/assets.py). Node is needed
here and nowhere else.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import brotli
import orjson

from outreach.build import worker_modules
from outreach.web.assets import PREFIX, Built, Manifest, Packed

ROOT = Path(__file__).parent.parent.parent
STATIC = ROOT / "outreach" / "static"
JS = STATIC / "js"
HTMX = ROOT / "node_modules" / "htmx.org" / "dist" / "htmx.min.js"
GEN = JS / "gen"
SCRIPTS = ("ui/field.js", "ui/second_part.js", "ui/boot.js", "ui/office.js", "ui/list_link.js")
STYLES = (
    "css/field.css",
    "css/field_second.css",
    "css/office.css",
    "css/list_link.css",
    "css/worksheet_a4.css",
    "css/worksheet_f4.css",
)
# What the first offline save needs, and what may come after it: the files that the worker keeps.
CORE = ("ui/field.js", "css/field.css")
# The icon is not among them: no page shows it, and the browser fetches it by the manifest.
REST = ("ui/second_part.js", "css/field_second.css")
# Kept only on phones whose person reads English.
ENGLISH = ("en.json",)
# The worker's own two parts, which the browser keeps with its registration.
WORKER, MORE_WORKER = "worker.js", "more-worker.js"
# As long as the version that takes its place: a minifier may fold its length into the code.
VERSION = "@@VERSION@@@"
# Squeezing takes seconds: the results of the last builds are kept.
SQUEEZED = ROOT / "node_modules" / ".cache" / "jangkau"
KEPT = 60
# Sizes of a block, in bits, that brotli is tried with: which one packs best nobody can foretell.
BLOCKS = (0, 16, 17, 18)
# Array.findLast, which the store uses, came with Chrome 97: older syntax would help nobody.
TARGET = "--target=chrome97"
INPUTS = (
    "outreach/build",
    "outreach/static/js",
    "outreach/static/css",
    "outreach/static/icons",
    "outreach/templates/field",
    "outreach/templates/_kit",
    "outreach/translations",
    "outreach/data",
    "outreach/features/*/phone.json",
    "outreach/domain/rules.json",
    "outreach/web",
    "package-lock.json",
)


class BuildFailed(RuntimeError):
    """The build cannot go on; the message says which file and why."""


def build(out: Path, readable: bool = False) -> Manifest:
    """The manifest of a build in ``out``; nothing is done when no input changed. ``readable``: for
    work on the code, with source maps, nothing made small."""
    digest = inputs_digest() + (" readable" if readable else "")
    stamp, listing = out / ".inputs", out / "manifest.json"
    if stamp.exists() and listing.exists() and stamp.read_text() == digest:
        manifest: Manifest = orjson.loads(listing.read_bytes())
        return manifest
    with tempfile.TemporaryDirectory(prefix=".build-", dir=parent_of(out)) as folder:
        made = build_into(Path(folder), readable)
        (Path(folder) / ".inputs").write_text(digest)
        publish(Path(folder), out)
    return made


def parent_of(out: Path) -> Path:
    """The folder beside which a build is prepared, so that publishing is a rename."""
    out.parent.mkdir(parents=True, exist_ok=True)
    return out.parent


def publish(folder: Path, out: Path) -> None:
    """Put the files in place: new names first, the lists that name them last."""
    out.mkdir(parents=True, exist_ok=True)
    last = ["sw.js", "away.js", "manifest.json", ".inputs"]
    files = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    for path in sorted(files, key=lambda path: (path.name in last, str(path))):
        (out / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).replace(out / path)
    for old in [path for path in out.rglob("*") if path.is_file()]:
        if old.relative_to(out) not in files:
            old.unlink()


def build_into(out: Path, readable: bool) -> Manifest:
    """Build everything into the empty folder ``out``; returns the manifest."""
    work = out / "work"
    write_modules(worker_modules.modules(STATIC.parent))
    bundle(work, [JS / name for name in SCRIPTS], JS, readable)
    bundle(work, [STATIC / name for name in STYLES], STATIC, readable)
    copy_plain(work)
    files = {name: place(out, work / name, name, readable) for name in sorted(names_in(work))}
    made: Manifest = {
        "files": files,
        "core": [files[name]["path"] for name in CORE],
        "rest": [files[name]["path"] for name in REST],
        "english": [files[name]["path"] for name in ENGLISH],
    }
    made["version"] = build_worker(out, work, made, readable)
    made["parts"] = {
        "core": [made["files"][name]["path"] for name in ("ui/boot.js", WORKER, *CORE)],
        "rest": [made["files"][name]["path"] for name in (MORE_WORKER, *REST)],
        "english": made["english"],
    }
    shutil.rmtree(work)
    (out / "manifest.json").write_bytes(orjson.dumps(made, option=orjson.OPT_INDENT_2))
    return made


def inputs_digest() -> str:
    """One hash over every file the build reads."""
    digest = hashlib.sha256()
    for path in sorted(input_files()):
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def input_files() -> Iterator[Path]:
    """The files the build reads, generated ones left out."""
    for name in INPUTS:
        for file in found_under(name):
            if file.is_file() and GEN not in file.parents and "__pycache__" not in file.parts:
                yield file


def found_under(name: str) -> Iterable[Path]:
    """A file, those below a folder, or those that fit a pattern."""
    path = ROOT / name
    return ROOT.glob(name) if "*" in name else [path] if path.is_file() else path.rglob("*")


def write_modules(modules: dict[str, str]) -> None:
    """Write the generated modules that changed; each appears whole or not at all."""
    GEN.mkdir(exist_ok=True)
    for name, text in modules.items():
        path = GEN / name
        if path.exists() and path.read_text() == text:
            continue
        fresh = path.with_name(f".{name}.{os.getpid()}")
        fresh.write_text(text)
        fresh.replace(path)


def bundle(work: Path, entries: list[Path], base: Path, readable: bool) -> None:
    """One classic file for each entry, under its path from ``base``; ``readable``: not minified."""
    missing = [str(path.relative_to(ROOT)) for path in entries if not path.exists()]
    if missing:
        raise BuildFailed(f"missing: {', '.join(missing)}")
    esbuild(work, entries, base, readable, "--format=iife")
    scripts = [path.relative_to(base) for path in entries if path.suffix == ".js"]
    if not readable:
        squeeze([work / path for path in scripts])


def esbuild(work: Path, entries: list[Path], base: Path, readable: bool, *options: str) -> None:
    """Run the bundler; raises BuildFailed with what it said."""
    command = [str(ROOT / "node_modules" / ".bin" / "esbuild"), *map(str, entries)]
    command += ["--bundle", "--sourcemap=inline" if readable else "--minify"]
    command += [TARGET, "--legal-comments=none", "--charset=utf8"]
    command += [f"--outdir={work}", f"--outbase={base}", "--log-level=warning", *options]
    run(command)


def squeeze(files: list[Path]) -> None:
    """Rewrite scripts smaller; what was squeezed before is taken from the last builds."""
    tool = Path(__file__).parent / "squeeze.mjs"
    copies = {}
    for file in files:
        digest = hashlib.sha256(tool.read_bytes() + file.read_bytes()).hexdigest()
        copies[file] = SQUEEZED / f"{digest}.js"
    fresh = [file for file, copy in copies.items() if not copy.exists()]
    if fresh:
        run(["node", str(tool), *map(str, fresh)])
    SQUEEZED.mkdir(parents=True, exist_ok=True)
    for file, copy in copies.items():
        if file in fresh:
            beside = copy.with_name(f"{copy.name}.{os.getpid()}")
            shutil.copy(file, beside)
            beside.replace(copy)
        else:
            shutil.copy(copy, file)
            copy.touch()
    for old in sorted(SQUEEZED.iterdir(), key=lambda path: path.stat().st_mtime)[:-KEPT]:
        old.unlink(missing_ok=True)


def run(command: list[str]) -> None:
    """Run one of our tools on our own files; raises BuildFailed with what it said."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    done = subprocess.run(  # noqa: S603 (see above)
        command, cwd=ROOT, env={**os.environ, "PATH": path}, capture_output=True, text=True
    )
    if done.returncode:
        raise BuildFailed(done.stderr)


def copy_plain(work: Path) -> None:
    """Files that go as they are: htmx, icons, and English."""
    htmx = HTMX.read_text().rpartition("//# sourceMappingURL=")[0] or HTMX.read_text()
    more = work / "ui" / "second_part.js"
    more.write_text(f"{htmx}\n{more.read_text()}")
    for icon in sorted((STATIC / "icons").glob("*.png")):
        (work / "icons").mkdir(exist_ok=True)
        shutil.copy(icon, work / "icons" / icon.name)
    (work / "en.json").write_bytes(orjson.dumps(worker_modules.english()))


def names_in(folder: Path) -> list[str]:
    """Paths of the files under ``folder``."""
    return [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]


def place(out: Path, source: Path, name: str, readable: bool) -> Built:
    """Put a file under its hashed name, with .gz and .br beside; returns its manifest entry."""
    data = source.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    stem, _, kind = Path(name).name.rpartition(".")
    folder = "icons/" if name.startswith("icons/") else ""
    hashed = f"{folder}{stem}.{digest[:8]}.{kind}"
    return {"path": PREFIX + hashed, "sha256": digest, **write_packed(out / hashed, data, readable)}


def write_packed(path: Path, data: bytes, readable: bool) -> Packed:
    """Write ``data`` with its .gz and .br, which take seconds where a work copy is wanted in one;
    returns the three sizes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    if readable:
        return {"bytes": len(data), "gzip": len(data), "br": len(data)}
    packed = {
        "gz": gzip.compress(data, 9, mtime=0),
        "br": min((brotli.compress(data, lgblock=size) for size in BLOCKS), key=len),
    }
    for suffix, body in packed.items():
        if len(body) < len(data):
            path.with_name(f"{path.name}.{suffix}").write_bytes(body)
    sizes = {suffix: min(len(body), len(data)) for suffix, body in packed.items()}
    return {"bytes": len(data), "gzip": sizes["gz"], "br": sizes["br"]}


def build_worker(out: Path, work: Path, made: Manifest, readable: bool) -> str:
    """Build sw.js with its two parts, kill switch and neighbour; returns a hash of the parts."""
    write_modules({"build.js": worker_modules.build_module(made, VERSION)})
    bundle(work, [JS / "field" / name for name in ("kill.js", "away.js")], JS, readable)
    first, second = worker_parts(work, readable)
    parts = [first, second, *sorted(entry["sha256"] for entry in made["files"].values())]
    version = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]
    for name, text in ((WORKER, first), (MORE_WORKER, second)):
        (work / name).write_text(text.replace(VERSION, version))
        made["files"][name] = place(out, work / name, name, readable)
    sw = SW.format(*(made["files"][name]["path"] for name in (WORKER, MORE_WORKER)))
    made["worker"] = write_packed(out / "sw.js", sw.encode(), readable)
    made["kill"] = put_plain(out, work, "kill.js", readable)
    made["away"] = put_plain(out, work, "away.js", readable)
    write_modules({"build.js": worker_modules.build_module(made, version)})
    return version


# A worker may read another script only while it is first evaluated, so the second part has an
# address of its own: the page registers it, and the browser keeps both scripts with it.
SW = """importScripts("{0}");
if (location.search === "?all=1") importScripts("{1}");
"""
IMPORT = re.compile(r'^import ?\{([^}]*)\} ?from ?"\./shared\.js";')
EXPORT = re.compile(r"^export ?\{([^}]*)\};|(?<=;)export\{([^}]*)\};\s*$", re.MULTILINE)


def worker_parts(work: Path, readable: bool) -> tuple[str, str]:
    """The worker's two scripts: what both use stands in the first, which hands it on as self.jk.

    The bundler shares code between modules only; workers that take modules came too late for the
    phones we serve, so its imports and exports are written as plain assignments here.
    """
    entries = [JS / "field" / "worker.js", JS / "field" / "second_part.js"]
    options = ("--format=esm", "--splitting", "--chunk-names=shared")
    esbuild(work / "parts", entries, JS / "field", readable, *options)
    shared, first, second = (
        (work / "parts" / name).read_text() for name in ("shared.js", "worker.js", "second_part.js")
    )
    script, many = EXPORT.subn(lambda match: f"self.jk={{{handed(match[1] or match[2])}}};", shared)
    if many != 1 or len(list((work / "parts").iterdir())) != 3:
        raise BuildFailed("the bundler divides the worker otherwise than into two parts")
    (work / "parts" / "worker.js").write_text(f"(()=>{{{script}\n}})();\n{alone(first)}")
    (work / "parts" / "second_part.js").write_text(alone(second))
    files = [work / "parts" / name for name in ("worker.js", "second_part.js")]
    if not readable:
        squeeze(files)
    made = [file.read_text() for file in files]
    return made[0], made[1]


def handed(names: str) -> str:
    """``a as b,c`` of an export as the members of an object."""
    pairs = [name.strip().split(" as ") for name in names.split(",")]
    return ",".join(f"{pair[-1]}:{pair[0]}" for pair in pairs)


def alone(script: str) -> str:
    """A script that takes from self.jk what it imported."""
    match = IMPORT.match(script)
    if match is None or re.search(r"\bimport[{ \"]|\bexport\{", script[match.end() :]):
        raise BuildFailed("a part of the worker imports more than the shared one")
    taken = match[1].replace(" as ", ":")
    return f"(()=>{{const{{{taken}}}=self.jk;{script[match.end() :].strip()}\n}})();\n"


def put_plain(out: Path, work: Path, name: str, readable: bool) -> Packed:
    """Put one of the worker's scripts under its own name."""
    return write_packed(out / name, (work / "field" / name).read_bytes(), readable)


def sizes(made: Manifest) -> str:
    """A table of what a phone downloads, by set, compressed."""
    by_path = {entry["path"]: (name, entry) for name, entry in made["files"].items()}
    sets: dict[str, list[tuple[str, Packed]]] = {
        name: [by_path[path] for path in paths] for name, paths in made["parts"].items()
    }
    sets["core"].insert(0, ("sw.js", made["worker"]))
    lines, gzip, br = [f"{'file':28}{'bytes':>9}{'gzip':>9}{'br':>9}"], 0, 0
    for label, entries in sets.items():
        for name, entry in entries:
            lines.append(f"{name:28}{entry['bytes']:9}{entry['gzip']:9}{entry['br']:9}")
            gzip, br = gzip + entry["gzip"], br + entry["br"]
        lines.append(f"{'= up to ' + label:28}{'':9}{gzip:9}{br:9}")
    return "\n".join(lines)
