"""Walk through the pages as a newcomer: real clone, real installs, an empty folder, no help.

    python -m experiments.newcomer                  all pages, both languages; needs a package index
    python -m experiments.newcomer docs/errors.md   only these

Prints each step and writes experiments/figures/newcomer.json. Only committed files take part: the clone has no others.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from experiments import figures_files
from tools.pages import ROOT, SUITE, Session, console_steps, difference

PAGES = (
    "README",
    *(f"docs/{name}" for name in ["install", "tutorial", "login", "campaigns", "recipient-files", "testing"]),
)
_BLOCK = re.compile(
    r'^(?P<output><!-- output -->\n)?```(?P<language>\w+)(?: title="(?P<file>[^"]+)")?\n(?P<body>.*?)^```$',
    re.MULTILINE | re.DOTALL,
)
#: Executes blocks in one namespace, as a reader's interpreter does; input() is typed from the mock's inbox.
_INTERPRETER = """
import builtins, contextlib, io, json, os, sys, traceback, urllib.request
def typed(prompt=""):
    with urllib.request.urlopen(os.environ["JSMS_MOCK_URL"] + "/_mock/messages") as response:
        return next(m["code"] for m in json.load(response)["messages"] if m["code"])
builtins.input = typed
names = {"__name__": "__main__"}
for line in sys.stdin:
    asked, printed, problem = json.loads(line), io.StringIO(), None
    os.environ.update(asked["env"]); os.chdir(asked["cwd"])
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        try: exec(compile(asked["source"], "page", "exec"), names)
        except BaseException: problem = traceback.format_exc()
    print(json.dumps([printed.getvalue(), problem]), file=sys.__stdout__, flush=True)
"""


class Newcomer(Session):
    """A reader who has Python and git, and installs what the page says."""

    seconds = 900

    def __init__(self, environment: Path) -> None:
        super().__init__()
        self.env = {name: value for name, value in self.env.items() if name != "PIP_DRY_RUN"}
        self.env["PATH"] = f"{environment / 'bin'}:/usr/local/bin:/usr/bin:/bin"
        self._interpreter: subprocess.Popen[str] | None = None

    def run(self, command: str) -> str:
        """Run a command for real; only the address of the repository is filled in."""
        command = command.replace("git clone REPOSITORY", f"git clone -q {ROOT}")
        command = command.replace("REPOSITORY", f"file://localhost{ROOT}")  # pip wants a host
        if command == SUITE:
            return ""
        if command.startswith(("git clone", "pip install", "python -m build")):
            done = subprocess.run(
                ["bash", "-c", f"{command}\ncode=$?\npwd\nexit $code"],
                cwd=self.cwd, env=self.env, capture_output=True, text=True, check=False,
            )  # fmt: skip
            self.returncode = done.returncode
            self.cwd = Path(done.stdout.strip().splitlines()[-1])
            return done.stderr if done.returncode else ""
        return super().run(command)

    def execute(self, source: str) -> tuple[str, str | None]:
        """Run a Python block; return what it printed, and the traceback if it failed."""
        if self._interpreter is None:
            self._interpreter = subprocess.Popen(
                ["python", "-c", _INTERPRETER],
                env=self.env, cwd=self.cwd, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
        process = self._interpreter
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps({"env": self.env, "cwd": str(self.cwd), "source": source}) + "\n")
        process.stdin.flush()
        printed, problem = json.loads(process.stdout.readline())
        return printed, problem

    def leave(self) -> None:
        """Stop what was started."""
        if self._interpreter is not None:
            self._interpreter.terminate()
            self._interpreter.communicate()
        self.close({})


def walk(page: Path, environment: Path) -> list[dict[str, object]]:
    """Take every step of a page; stop at the first that fails, as a reader would."""
    reader, steps, printed = Newcomer(environment), [], ""
    try:
        for match in _BLOCK.finditer(page.read_text("utf-8")):
            language, body, problem = match["language"], match["body"], None
            if match["file"]:
                path = reader.cwd / match["file"]
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(body, "utf-8")
                what = [f"write {match['file']}"]
            elif language in ("console", "sh"):
                what = []
                for command, expected in console_steps(body) if language == "console" else [(body.strip(), "")]:
                    what.append(command)
                    said = reader.run(command)
                    problem = difference(f"`{command}`", expected, said) if expected else None
                    if not expected and reader.returncode:
                        problem = said[-1500:] or f"exit code {reader.returncode}"
                    if problem:
                        break
            elif language == "python":
                what = [f"python: {body.strip().splitlines()[0]} ..."]
                printed, problem = reader.execute(body)
            elif match["output"]:
                what, problem = ["compare what was printed"], difference("the block above", body, printed)
            else:
                continue
            steps += [{"page": str(page.relative_to(ROOT)), "step": command, "ok": True} for command in what]
            steps[-1]["ok"] = problem is None
            print(f"{page.name}: {shlex.quote(what[-1])[:100]}: {'ok' if problem is None else problem}", flush=True)
            if problem:
                break
    finally:
        reader.leave()
    return steps


def main(names: list[str]) -> int:
    """Walk, print, and write the figures; return the number of failures."""
    pages = [ROOT / name for name in names] or [
        path for name in PAGES for path in (ROOT / f"{name}.md", ROOT / f"{name}.zh.md") if path.exists()
    ]
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        install = f"jsmskit[cli,mock,pytest,redis] @ git+file://localhost{ROOT}"
        subprocess.run([f"{folder}/bin/python", "-m", "pip", "install", "-q", install, "anyio"], check=True)
        steps = [step for page in pages for step in walk(page, Path(folder))]
    failed = [step for step in steps if not step["ok"]]
    walked = sorted({str(step["page"]) for step in steps})
    figures = {"pages": walked, "steps": len(steps), "failures": len(failed)}
    figures_files.write("newcomer", {"command": "python -m experiments.newcomer", **figures}, keep=not names)
    return len(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
