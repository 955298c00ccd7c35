"""Reads a feed with feedparser.

Standard input: {"feed": text}. Standard output: {"version", "problem": text or "", "title", "entries": [{"id", "title",
"updated": seconds since 1970}]}.
"""

import calendar
import json
import sys

import feedparser


def main():
    feed = feedparser.parse(json.load(sys.stdin)["feed"].encode())
    json.dump(
        {
            "version": feed.version,
            "problem": str(feed.get("bozo_exception", "")) if feed.bozo else "",
            "title": feed.feed.get("title", ""),
            "entries": [
                {"id": e.id, "title": e.title, "updated": calendar.timegm(e.updated_parsed)} for e in feed.entries
            ],
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
