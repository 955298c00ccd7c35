"""Reads iCalendar streams with python-icalendar, with vobject and with libical.

Standard input: {"streams": {name: text}}. Standard output: {parser: {name: {"error": text or null, "errors": [text],
"events": [{"uid", "start", "end", "status", "summary", "conferences"}]}}}, where times are seconds since 1970.
"""

import json
import sys

import gi
import icalendar
import vobject

gi.require_version("ICalGLib", "3.0")
from gi.repository import ICalGLib  # noqa: E402


def by_icalendar(stream):
    calendar = icalendar.Calendar.from_ical(stream)

    def event(e):
        conferences = e.get("CONFERENCE", [])
        return {
            "uid": str(e["UID"]),
            "start": e["DTSTART"].dt.timestamp(),
            "end": e["DTEND"].dt.timestamp(),
            "status": str(e.get("STATUS", "")),
            "summary": str(e.get("SUMMARY", "")),
            "conferences": [str(c) for c in (conferences if isinstance(conferences, list) else [conferences])],
        }

    errors = [f"{c.name}: {error}" for c in calendar.walk() for error in c.errors]
    return errors, [event(e) for e in calendar.walk("VEVENT")]


def by_vobject(stream):
    (calendar,) = vobject.readComponents(stream)
    calendar.validate(raiseException=True)

    def event(e):
        return {
            "uid": e.uid.value,
            "start": e.dtstart.value.timestamp(),
            "end": e.dtend.value.timestamp(),
            "status": e.getChildValue("status", ""),
            "summary": e.getChildValue("summary", ""),
            "conferences": [c.value for c in e.contents.get("conference", [])],
        }

    return [], [event(e) for e in calendar.contents.get("vevent", [])]


def by_libical(stream):
    calendar = ICalGLib.Component.new_from_string(stream)
    errors = []
    if not calendar.check_restrictions():
        errors.append("icalrestriction_check: not valid")
    if calendar.count_errors():
        errors.append(f"icalcomponent_count_errors: {calendar.count_errors()}")

    def each(first, following):
        while first is not None:
            yield first
            first = following()

    def properties(component):
        kind = ICalGLib.PropertyKind.ANY_PROPERTY
        return each(component.get_first_property(kind), lambda: component.get_next_property(kind))

    for component in (calendar, *components(calendar, each)):
        errors += [p.as_ical_string() for p in properties(component) if p.get_property_name() == "X-LIC-ERROR"]

    def event(e):
        return {
            "uid": e.get_uid(),
            "start": seconds(e.get_dtstart()),
            "end": seconds(e.get_dtend()),
            "status": "".join(p.get_value_as_string() for p in properties(e) if p.get_property_name() == "STATUS"),
            "summary": e.get_summary() or "",
            "conferences": [p.get_value_as_string() for p in properties(e) if p.get_property_name() == "CONFERENCE"],
        }

    return errors, [event(e) for e in components(calendar, each) if e.isa() == ICalGLib.ComponentKind.VEVENT_COMPONENT]


def components(calendar, each):
    kind = ICalGLib.ComponentKind.ANY_COMPONENT
    return list(each(calendar.get_first_component(kind), lambda: calendar.get_next_component(kind)))


def seconds(time):
    return time.as_timet_with_zone(time.get_timezone())


def each_stream(streams, parse):
    results = {}
    for name, stream in streams.items():
        try:
            errors, events = parse(stream)
            results[name] = {"error": None, "errors": errors, "events": events}
        except Exception as e:  # the caller reports whatever it is
            results[name] = {"error": f"{type(e).__name__}: {e}", "errors": [], "events": []}
    return results


def main():
    streams = json.load(sys.stdin)["streams"]
    parsers = {"python-icalendar": by_icalendar, "vobject": by_vobject, "libical": by_libical}
    json.dump({name: each_stream(streams, parse) for name, parse in parsers.items()}, sys.stdout)


if __name__ == "__main__":
    main()
