"""An accessible HTML form of what desk.form says. Its fields are named as faults name them; posted, it becomes JSON."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, tzinfo
from html import escape
from itertools import groupby
from re import sub
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from attrs import frozen

from complaints import Actor, Desk, InvalidCommandError, Role
from complaints.http import command_from
from complaints.stages.intake import Receive

Schema = Mapping[str, Any]
YES_OR_NO = ({"const": "true", "title": "是 yes"}, {"const": "false", "title": "否 no"})


@frozen
class Field:
    path: str  # such as "issues[0].category"
    group: str
    schema: Schema
    choices: tuple[Schema, ...]
    needed: bool


def fields(form: Schema, without: Iterable[str] = ()) -> Iterator[Field]:
    def meant(one: Schema) -> Schema:
        if "anyOf" in one:  # the other one is null: left out
            one = {**one["anyOf"][0], **one}
        return {**form["$defs"][one["$ref"].rpartition("/")[2]], **one} if "$ref" in one else one

    def parts(of: Schema, path: str, group: str, *, needed: bool) -> Iterator[Field]:
        for name, said in of["properties"].items():
            one, at, must = meant(said), f"{path}{name}", needed and name in of["required"]
            item = meant(one.get("items", {}))
            if "properties" in one:
                yield from parts(one, f"{at}.", f"{group} · {one['title']}", needed=must)
            elif "properties" in item:  # the first of several; a page adds lines as it likes, [1] and so on
                yield from parts(item, f"{at}[0].", f"{group} · {one['title']}", needed=False)
            elif at not in without:
                choices = one.get("oneOf") or item.get("oneOf") or one.get("x-choices") or ()
                is_open = one.get("type") == ["boolean", "null"]  # yes, no, or nobody asked
                yield Field(at, group, one, YES_OR_NO if is_open else tuple(choices), must)

    return parts(form, "", form["title"], needed=True)


def html(shown: Iterable[Field], values: Mapping[str, str], faults: Mapping[str, str]) -> Iterator[str]:
    if faults:
        told = (f'<li><a href="#{quote(path)}">{escape(said)}</a></li>' for path, said in faults.items())
        yield f'<ul role="alert">{"".join(told)}</ul>'
    for group, several in groupby(shown, key=lambda one: one.group):
        yield f"<fieldset><legend>{escape(group)}</legend>"
        for one in several:
            said = faults.get(one.path)
            why = "" if said is None else f'<strong id="{one.path}-fault">{escape(said)}</strong>'
            title = f"{escape(one.schema['title'])}{' *' if one.needed else ''}"
            yield f'<p><label for="{one.path}">{title}</label> {control(one, values.get(one.path), why)} {why}</p>'
        yield "</fieldset>"


def control(one: Field, typed: str | None, why: str) -> str:
    marks = f'id="{one.path}" name="{one.path}"{" required" if one.needed else ""}'
    marks += f' aria-invalid="true" aria-describedby="{one.path}-fault"' if why else ""
    value, kind = str(one.schema.get("default", "") if typed is None else typed), one.schema.get("type", "string")
    if one.choices:
        many, first = (" multiple", "") if kind == "array" else ("", '<option value="">–')
        chosen = {each["const"]: " selected" if each["const"] in value.splitlines() else "" for each in one.choices}
        told = (
            f'<option value="{each["const"]}"{chosen[each["const"]]}>{escape(each["title"])}' for each in one.choices
        )
        return f"<select {marks}{many}>{first}{''.join(told)}</select>"
    if kind == "array" or one.schema.get("x-multiline"):  # a list has a line for each
        return f"<textarea {marks}>{escape(value)}</textarea>"
    if kind == "boolean":
        return f'<input {marks} type="checkbox" value="true"{" checked" if value == "true" else ""}>'
    of_day = {"date": "date", "date-time": "datetime-local"}.get(one.schema.get("format", ""), "text")
    most = f' maxlength="{one.schema["maxLength"]}"' if "maxLength" in one.schema else ""
    return f'<input {marks} type="{of_day}" value="{escape(value)}"{most}>'


def posted(known: Iterable[Field], pairs: Iterable[tuple[str, str]], zone: tzinfo) -> dict[str, Any]:
    """What a browser posted, as JSON has it; what was left empty is left out, and so is what is no field."""
    by_path, form, lines = {one.path: one for one in known}, dict[str, Any](), dict[str, dict[str, Any]]()
    for path, text in pairs:
        one = by_path.get(sub(r"\[\d+\]", "[0]", path))
        if one is None or not text.strip():
            continue
        place, at = form, ""
        *way, last = path.split(".")
        for step in way:
            at, name = f"{at}.{step}", step.partition("[")[0]
            if at not in lines:
                lines[at] = {}
                place.setdefault(name, []).append(lines[at]) if "[" in step else place.update({name: lines[at]})
            place = lines[at]
        value = as_json(one.schema, text.replace("\r\n", "\n"), zone)
        place[last] = [*place.get(last, ()), *value] if isinstance(value, list) else value
    return form


def as_json(schema: Schema, text: str, zone: tzinfo) -> object:
    kind = schema.get("type", "string")
    if kind == "array":
        return [line.strip() for line in text.splitlines() if line.strip()]
    if "boolean" in kind:
        return text == "true"
    if "integer" in kind and text.isdecimal():
        return int(text)
    try:
        moment = datetime.fromisoformat(text) if schema.get("format") == "date-time" else None
    except ValueError:
        return text  # the fault says what is wrong with it
    return text if moment is None or moment.tzinfo else moment.replace(tzinfo=zone).isoformat()


if __name__ == "__main__":
    desk, li, zone = Desk(), Actor("li", Role.SPECIALIST, dealer="SH01"), ZoneInfo("Asia/Shanghai")
    shown = tuple(fields(desk.form(Receive, language="zh_CN"), without=("dealer", "id", "continues")))
    typed = {"complainant.phone": "13800000000", "channel": "showroom", "statement": "等了两小时。"}
    for received_at in ("yesterday", f"{datetime.now(zone):%Y-%m-%dT%H:%M}"):
        typed |= {"received_at": received_at}
        try:
            order = command_from(desk, "Receive", posted(shown, typed.items(), zone), by=li)
            print(desk.handle(order, by=li).state)
        except InvalidCommandError as error:
            print(*html(shown, typed, {fault.field: fault.sentence("zh_CN") for fault in error.faults}), sep="\n")
