"""Clients in other languages, made from the spec by strangers' generators, tell one story.

It is tests/consumers/scenario.json; tests/consumers compares what they tell.
What is made lies in .artifacts/consumers, in a folder named after all that it was made from, so what did not change is
not made again. tests/consumers compares what they tell.

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
from collections.abc import Callable, Sequence
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
# The last option ends an old habit of the generator: to refuse an answer with a field it was not told of.
GO_OPTIONS = "packageName=jsms,withGoMod=false,disallowAdditionalPropertiesIfNotPresent=false"
JAVA_OPTIONS = (
    "library=native,openApiNullable=false,useJakartaEe=true,"
    "invokerPackage=jsms,apiPackage=jsms.api,modelPackage=jsms.model"
)
PHP_OPTIONS = "invokerPackage=Jsms"
_ONLY_CODE = "apis,models,supportingFiles,apiTests=false,modelTests=false,apiDocs=false,modelDocs=false"
# The compilers and generators run for seconds: their second-stage compilation costs more than it brings.
_QUICK_JAVA = ("java", "-XX:TieredStopAtLevel=1", "-Dfile.encoding=UTF-8")


class ConsumerError(RuntimeError):
    """A generator, a compiler or a client failed. The text shows the end of what it said."""


def run(command: Sequence[str | Path], folder: Path, extra: dict[str, str] | None = None) -> str:
    """Run a command and return what it printed. Raises ConsumerError if it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={**environment(), **(extra or {})},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode != 0:
        said = (done.stdout + done.stderr).strip()[-3000:]
        raise ConsumerError(f"{' '.join(map(str, command[:4]))} ... ended with {done.returncode}:\n{said}")
    return done.stdout


def generate(generator: str, folder: Path, options: str) -> None:
    """Make a client with openapi-generator in `folder`/jsms."""
    command = (*_QUICK_JAVA, "-jar", JAR, "generate", "--input-spec", SPEC, "--generator-name", generator)
    wanted = ("--output", folder / "jsms", "--additional-properties", options, "--global-property", _ONLY_CODE)
    run((*command, *wanted), folder)


def _lend_modules(folder: Path, package: str) -> Path:
    modules = SOURCES / package / "node_modules"
    (folder / "node_modules").symlink_to(modules, target_is_directory=True)
    return modules


def build_typescript(folder: Path) -> None:
    """Make the types with openapi-typescript and compile strictly."""
    modules = _lend_modules(folder, "typescript")
    run(["node", modules / ".bin" / "openapi-typescript", SPEC, "--output", "jsms.ts"], folder)
    run(["node", modules / ".bin" / "tsc", "--project", "."], folder)


def build_axios(folder: Path) -> None:
    """Put the spec beside the consumer: openapi-client-axios makes the client of it when the program starts."""
    _lend_modules(folder, "javascript")
    shutil.copy(ROOT / "generated" / "jsms_api" / "openapi.json", folder / "jsms.json")


def build_mcp(folder: Path) -> None:
    """Make the MCP server. Node runs its TypeScript as it is; the page about it compiles, as its readers do."""
    build_axios(folder)
    generator = folder / "node_modules" / ".bin" / "openapi-mcp-generator"
    run(["node", generator, "--input", "jsms.json", "--output", "server"], folder)


def build_go(folder: Path) -> None:
    """Make the client without a module of its own, and compile it into the consumer."""
    generate("go", folder, GO_OPTIONS)
    settings = {"GOPROXY": "off", "GOFLAGS": "-mod=mod", "GOCACHE": str(MADE / "go-cache")}
    if not shutil.which("gcc"):
        # With a C compiler Debian's ready-compiled standard library fits; without, Go compiles its own.
        settings["CGO_ENABLED"] = "0"
    run(["go", "build", "-o", "consumer", "."], folder, settings)


def build_java(folder: Path) -> None:
    """Make the client on the HTTP client of the JDK, and compile it with the consumer."""
    generate("java", folder, JAVA_OPTIONS)
    sources = [folder / "Consumer.java", *sorted((folder / "jsms" / "src" / "main" / "java").rglob("*.java"))]
    options = ("-J-XX:TieredStopAtLevel=1", "-proc:none", "-encoding", "UTF-8", "-d", "classes", "-cp", CLASS_PATH)
    run(["javac", *options, *sources], folder)


def build_php(folder: Path) -> None:
    """Make the client; PHP needs no building, but every file must be readable to it."""
    generate("php", folder, PHP_OPTIONS)
    run(["php", "-l", "consumer.php"], folder)


@dataclass(frozen=True, slots=True)
class Language:
    """One consumer.

    Attributes:
        name: also the name of its folder in tests/consumers, unless `folder` says otherwise.
        needs: programs and files, with what brings them.
        build: make the client and the consumer in a folder that holds the consumer's sources.
        command: what tells the story, to be run in that folder.
        options: what openapi-generator is told; the page about the language must name the same.
        folder: of its sources.
        early: steps that the made client refuses itself, before anything is sent.
    """

    name: str
    needs: dict[str | Path, str]
    build: Callable[[Path], None]
    command: tuple[str, ...]
    options: str = ""
    folder: str = ""
    early: tuple[int, ...] = ()

    @property
    def sources(self) -> Path:
        """Where the consumer is written."""
        return SOURCES / (self.folder or self.name)

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
_JAVA_COMMAND = (*_QUICK_JAVA, "-cp", f"classes:{CLASS_PATH}", "Consumer")

LANGUAGES = {
    language.name: language
    for language in (
        Language("python", {}, lambda _: None, (sys.executable, "consumer.py")),
        Language("typescript", _TYPESCRIPT, build_typescript, ("node", "made/consumer.js")),
        Language("go", _GENERATOR | {"go": "go (Debian: golang-go)"}, build_go, ("./consumer",), GO_OPTIONS),
        Language("java", _JAVA | _GENERATOR, build_java, _JAVA_COMMAND, JAVA_OPTIONS),
        Language("php", _PHP | _GENERATOR, build_php, ("php", "consumer.php"), PHP_OPTIONS),
        Language("axios", _JAVASCRIPT, build_axios, ("node", "axios.mjs"), folder="javascript"),
        # It holds arguments to the spec: a template with brackets goes no further.
        Language("mcp", _JAVASCRIPT, build_mcp, ("node", "mcp.mjs"), folder="javascript", early=(17,)),
    )
}


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
    own = [path for path in sorted(language.sources.iterdir()) if path.is_file()]
    made_from = hashlib.sha256()
    for path in (SPEC, LOCK, Path(__file__), *own):
        made_from.update(f"{path.name}\n".encode() + path.read_bytes())
    folder = MADE / language.name / made_from.hexdigest()[:16]
    if folder.exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Made beside and put in place whole: a second process, or a second try, never sees half of it.
    workshop = Path(tempfile.mkdtemp(prefix="making-", dir=folder.parent))
    try:
        for path in own:
            shutil.copy(path, workshop)
        language.build(workshop)
        for old in folder.parent.glob("[0-9a-f]" * 16):
            shutil.rmtree(old, ignore_errors=True)
        try:
            workshop.rename(folder)
        except OSError:
            # Somebody else made the same meanwhile; any other reason is told.
            if not folder.exists():
                raise
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
    return folder


def tell(language: Language, origin: str) -> str:
    """Let a consumer tell the story to the mock at `origin` and return the transcript. Or ConsumerError."""
    from jsmskit.mock import APP_KEY, DEV_KEY, DEV_SECRET, MASTER_SECRET  # what only installs needs no mock

    credentials = {
        "JSMS_APP_KEY": APP_KEY,
        "JSMS_MASTER_SECRET": MASTER_SECRET,
        "JSMS_DEV_KEY": DEV_KEY,
        "JSMS_DEV_SECRET": DEV_SECRET,
    }
    transcript = run([*language.command, SCENARIO, origin], built(language), credentials)
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
