"""Clients in other languages, made from the spec by strangers' generators, tell one story.

It is tests/consumers/scenario.json; tests/consumers compares what they tell. How each is made says
tests/consumers/build/NAME.sh. What is made lies in .artifacts/consumers, in a folder named after all that it was made
from, so what did not change is not made again.

    python -m tools.consumers --install       fetch what comes from PyPI and npm; scripts/toolchains does all
    python -m tools.consumers --missing       say what is missing, a line for each language
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.spec_linters import ROOT, SPEC, environment, install_locked

SOURCES = ROOT / "tests" / "consumers"
SCENARIO = SOURCES / "scenario.json"
MADE = ROOT / ".artifacts" / "consumers"
LOCK = ROOT / "locks" / "consumers.txt"
GENERATOR = MADE / "generator"
JAR = GENERATOR / "openapi_generator_cli" / "openapi-generator.jar"
#: Jars of Debian that the generated Java needs beside Jackson, which the generator's own jar brings:
#: annotations, and multipart bodies for the one call with files.
DEBIAN_JARS = [Path("/usr/share/java") / f"{name}.jar" for name in ("jakarta-annotation-api", "httpmime", "httpcore")]
CLASS_PATH = os.pathsep.join(map(str, (JAR, *DEBIAN_JARS)))
#: Go fetches nothing.
GO = {"GOPROXY": "off", "GOFLAGS": "-mod=mod", "GOCACHE": str(MADE / "go-cache")}


class ConsumerError(RuntimeError):
    """A generator, a compiler or a client failed. The text shows the end of what it said."""


@dataclass(frozen=True, slots=True)
class Language:
    """One consumer.

    Attributes:
        name: also that of its script in tests/consumers/build, and of the folder of its sources without a `folder`.
        needs: programs and files, with what brings them.
        command: what tells the story, to be run where the consumer was built.
        early: steps that the made client refuses itself, before anything is sent.
    """

    name: str
    needs: Mapping[str | Path, str]
    command: tuple[str, ...]
    folder: str = ""
    early: tuple[int, ...] = ()

    @property
    def sources(self) -> Path:
        """Where the consumer is written."""
        return SOURCES / (self.folder or self.name)

    @property
    def script(self) -> Path:
        """What makes the client and the consumer in a folder that holds the consumer's sources."""
        return SOURCES / "build" / f"{self.name}.sh"

    def missing(self) -> str:
        """Say what this machine lacks; nothing if it is complete."""
        return ", ".join(
            what for need, what in self.needs.items() if not shutil.which(need) and not Path(need).exists()
        )

    def expected(self, transcript: str) -> str:
        """Return what it must print where Python's client prints `transcript`."""
        for step in self.early:
            line = rf"^({step:02} .*: \w+) .*$"
            transcript = re.sub(line, r"\1 refused before it was sent", transcript, flags=re.MULTILINE)
        return transcript


_GENERATOR: dict[str | Path, str] = {
    "java": "java, in which the generator is written (Debian: default-jre-headless)",
    JAR: "openapi-generator-cli of locks/consumers.txt",
}
_GO: dict[str | Path, str] = {"go": "go (Debian: golang-go)"}
_JAVA: dict[str | Path, str] = {
    "javac": "javac (Debian: default-jdk-headless)",
    **dict.fromkeys(DEBIAN_JARS, "jars (Debian: libjakarta-annotation-api-java, libhttpmime-java)"),
}
_PHP: dict[str | Path, str] = {
    "php": "php (Debian: php-cli php-curl php-mbstring)",
    "/usr/share/php/GuzzleHttp/autoload.php": "Guzzle (Debian: php-guzzlehttp-guzzle)",
}
_TYPESCRIPT: dict[str | Path, str] = {
    SOURCES / "typescript" / "node_modules" / "typescript": "the npm packages of tests/consumers/typescript"
}
_JAVASCRIPT: dict[str | Path, str] = {
    SOURCES / "javascript" / "node_modules" / "openapi-client-axios": "the npm packages of tests/consumers/javascript"
}

LANGUAGES = {
    language.name: language
    for language in (
        Language("python", {}, (sys.executable, "consumer.py")),
        Language("typescript", _TYPESCRIPT, ("node", "made/consumer.js")),
        Language("go", _GENERATOR | _GO, ("./consumer",)),
        Language("java", _JAVA | _GENERATOR, ("java", "-cp", f"classes:{CLASS_PATH}", "Consumer")),
        Language("php", _PHP | _GENERATOR, ("php", "consumer.php")),
        Language("axios", _JAVASCRIPT, ("node", "axios.mjs"), folder="javascript"),
        # It holds arguments to the spec: a template with brackets goes no further.
        Language("mcp", _JAVASCRIPT, ("node", "mcp.mjs"), folder="javascript", early=(17,)),
    )
}


def run(command: Sequence[str | Path], folder: Path, **extra: str) -> str:
    """Run a command and return what it printed. Raises ConsumerError if it fails."""
    words = [str(part) for part in command]
    done = subprocess.run(
        words, cwd=folder, env={**environment(), **extra}, capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode != 0:
        said = (done.stdout + done.stderr).strip()[-3000:]
        raise ConsumerError(f"{' '.join(words[:4])} ... ended with {done.returncode}:\n{said}")
    return done.stdout


def install() -> None:
    """Fetch the generator from PyPI and the packages of JavaScript, TypeScript and Prism from npm, all locked."""
    lock = LOCK.read_text(encoding="utf-8")
    stamp = GENERATOR / ".lock"
    if not stamp.is_file() or stamp.read_text(encoding="utf-8") != lock:
        shutil.rmtree(GENERATOR, ignore_errors=True)
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        run([*pip, "--require-hashes", "--target", GENERATOR, "-r", LOCK], ROOT)
        stamp.write_text(lock, encoding="utf-8")
    for package in ("typescript", "javascript", "prism"):
        install_locked(SOURCES / package)


def built(language: Language) -> Path:
    """Return the folder with the built consumer, made now unless all it is made from is as before.

    Raises ConsumerError if a generator or a compiler fails.
    """
    if not language.script.exists():
        return language.sources
    own = [path for path in sorted(language.sources.iterdir()) if path.is_file()]
    functions = language.script.with_name("generate.sh")
    made_from = hashlib.sha256()
    for path in (SPEC, LOCK, functions, language.script, *own):
        made_from.update(f"{path.name}\n".encode() + path.read_bytes())
    folder = MADE / language.name / made_from.hexdigest()[:16]
    if folder.exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Made beside and put in place whole: a second process, or a second try, never sees half of it.
    with tempfile.TemporaryDirectory(prefix="making-", dir=folder.parent) as beside:
        workshop = Path(beside, "whole")
        workshop.mkdir()
        for path in own:
            shutil.copy(path, workshop)
        places = {"SOURCES": language.sources, "SPEC": SPEC, "GENERATOR": JAR, "CLASS_PATH": CLASS_PATH}
        places["FORM"] = ROOT / "generated" / "jsms_api" / "openapi.json"
        script = ("sh", "-euc", '. "$1"; . "$2"', "build", functions, language.script)
        run(script, workshop, **GO, **{name: str(place) for name, place in places.items()})
        for old in folder.parent.glob("[0-9a-f]" * 16):
            shutil.rmtree(old, ignore_errors=True)
        try:
            workshop.rename(folder)
        except OSError:
            # Somebody else made the same meanwhile; any other reason is told.
            if not folder.exists():
                raise
    return folder


def tell(language: Language, origin: str) -> str:
    """Let a consumer tell the story to the mock at `origin` and return the transcript. Or ConsumerError."""
    from jsmskit.mock import APP_KEY, DEV_KEY, DEV_SECRET, MASTER_SECRET  # what only installs needs no mock

    keys = {"JSMS_APP_KEY": APP_KEY, "JSMS_MASTER_SECRET": MASTER_SECRET}
    keys |= {"JSMS_DEV_KEY": DEV_KEY, "JSMS_DEV_SECRET": DEV_SECRET}
    transcript = run([*language.command, SCENARIO, origin], built(language), **keys)
    if not transcript.rstrip().endswith("steps as expected"):
        raise ConsumerError(transcript)
    return transcript


def main(arguments: Sequence[str] | None = None) -> int:
    """Install, or say what is missing; return how many languages lack something."""
    parser = argparse.ArgumentParser(prog="python -m tools.consumers", description="One story, many languages.")
    task = parser.add_mutually_exclusive_group(required=True)
    task.add_argument("--install", action="store_true", help="fetch what comes from PyPI and npm")
    task.add_argument("--missing", action="store_true", help="say what is missing")
    if parser.parse_args(arguments).install:
        install()
        return 0
    lacking = {language.name: what for language in LANGUAGES.values() if (what := language.missing())}
    for name, what in lacking.items():
        print(f"{name}: missing {what}")
    return len(lacking)


if __name__ == "__main__":
    sys.exit(main())
