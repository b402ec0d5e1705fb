"""JSON lines: one object a line, `{"phone": "13800138000", "params": {"name": "..."}}`, or all values flat."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from jsmskit._encoding import strict_json

from ..errors import PlanError
from .table import NO_VALUES, Row, phone_columns, quoted
from .text_file import Content, LineReader

_ONE = 'Give one JSON object a line: {"phone": "13800138000", "code": "2468"}.'


class JsonLinesSource:
    """A file of JSON objects, one a line. Numbers of rows are lines of the file.

    Args:
        file: a path, or `Content`.
        encoding: any name that Python knows.
        phone_column: key of the number; found if it is a usual name, as a heading would be.
        columns: variable of the template -> key; by default the key of its own name.
    """

    def __init__(
        self,
        file: str | Path | Content,
        *,
        encoding: str = "utf-8",
        phone_column: str | None = None,
        columns: Mapping[str, str] | None = None,
    ) -> None:
        self._content = file if isinstance(file, Content) else Content.of(file)
        self.name = self._content.name
        self.ignored: Counter[str] = Counter()
        self._lines = LineReader(self._content, encoding, lambda text: '"phone"' in text)
        self._phone_column = phone_column
        self._columns = dict(columns or {})
        self._read = False

    def digest(self) -> str:
        """Return the SHA-256 of the file's bytes."""
        return self._lines.hash.hexdigest() if self._read else self._content.digest()

    def rows(self, variables: Sequence[str] | None, constants: Iterable[str] = ()) -> Iterator[Row]:
        """Yield a row for each line; one that holds no such object has a problem.

        Raises `PlanError` for a file that is empty, or is one document instead of lines.
        """
        held = False
        for number, line in enumerate(self._lines, 1):
            text = line.strip()
            if not text:
                self.ignored["empty rows"] += 1
                continue
            if not held and (text == "{" or text.startswith("[")):
                raise PlanError(
                    f"{self.name} is one JSON document, and not one a line.",
                    f"{_ONE} `jq -c '.[]'` makes lines of a list.",
                    row=number,
                )
            held = True
            yield self._row(number, text, variables)
        if not held:
            raise PlanError(f"{self.name} is empty.", _ONE)
        self._read = True

    def _row(self, number: int, line: str, variables: Sequence[str] | None) -> Row:
        try:
            found = strict_json.loads(line.encode("utf-8", "replace"))
        except strict_json.StrictJsonError as error:
            return Row(number, None, problem=str(error))
        if not isinstance(found, dict):
            return Row(number, None, problem="it is no JSON object")
        record = cast("dict[str, Any]", found)
        keys = list(record)
        if self._phone_column is None:
            places = [keys[place] for place in phone_columns(keys)]
        else:
            places = [key for key in keys if key == self._phone_column]
        if len(places) > 1:
            return Row(number, None, problem=f"{quoted(places)} may all be the phone number")
        phone = record[places[0]] if places else None
        nested = "params" in record
        params = record["params"] if nested else {key: record[key] for key in keys if key not in places}
        if not isinstance(params, dict):
            return Row(number, phone, problem='"params" is no JSON object')
        given = cast("dict[str, object]", params)
        values = {name: given[key] for name, key in self._columns.items() if key in given}
        others = given if nested or variables is None else variables
        taken = set(self._columns.values())
        values |= {name: given[name] for name in others if name in given and name not in {*taken, *values}}
        return Row(number, phone, values or NO_VALUES)
