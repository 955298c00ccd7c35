"""An XMPP client that shares no code with roomctl, for tests to look at rooms and to change them by hand.

Reads one JSON request, a line, from standard input:

    {"host", "port", "jid", "password", "ca": PEM or "" for no TLS, "do": a command, "window": 0 or requests in
     flight, "nick": in rooms, "" for the account's name, "arguments": {...}}

and writes one JSON answer to standard output: {"result": ...} or {"error": text}.
"""

import asyncio
import json
import ssl
import sys

from slixmpp import JID, ClientXMPP
from slixmpp.exceptions import IqError, IqTimeout, PresenceError

DEADLINE = 30  # seconds, for one request to the server
WINDOW = 32  # requests in flight, unless the request says otherwise


class Client(ClientXMPP):
    def __init__(self, request):
        super().__init__(
            request["jid"],
            request["password"],
            plugin_config={"feature_mechanisms": {"unencrypted_scram": True, "unencrypted_plain": False}},
        )
        for plugin in ("xep_0004", "xep_0030", "xep_0045", "xep_0059", "xep_0199"):
            self.register_plugin(plugin)
        self.ca = request["ca"]
        self.window = request["window"] or WINDOW
        self.nick = request["nick"] or self.boundjid.user
        self.muc = self["xep_0045"]
        self.ready = self.loop.create_future()
        self.add_event_handler("session_start", lambda _: self.settle(None))
        for event in ("connection_failed", "failed_all_auth", "stream_error", "disconnected"):
            self.add_event_handler(event, lambda what, event=event: self.settle(f"{event}: {what}"))

    def settle(self, error):
        if self.ready.done():
            return
        if error is None:
            self.ready.set_result(None)
        else:
            self.ready.set_exception(RuntimeError(error))

    def get_ssl_context(self):
        self.default_domain = self.boundjid.domain  # the name to check; left empty when an address is given
        return ssl.create_default_context(cadata=self.ca)

    async def enter(self, room):
        """Joins a room. Answers the status codes and the subject."""
        refused = self.loop.create_future()

        def on_error(presence):  # slixmpp itself overlooks an error without the <x/> of XEP-0045
            if presence["from"].bare == room and not refused.done():
                refused.set_exception(PresenceError(presence))

        joining = asyncio.ensure_future(
            self.muc.join_muc_wait(JID(room), self.nick, maxstanzas=0, timeout=DEADLINE)
        )
        with self.event_handler("presence_error", on_error):
            await asyncio.wait((joining, refused), return_when=asyncio.FIRST_COMPLETED)
        if refused.done():
            joining.cancel()
            refused.result()
        refused.cancel()
        own, subject, _, _ = joining.result()
        return own["muc"]["status_codes"], subject["subject"]

    def leave(self, room):
        self.muc.leave_muc(JID(room), self.nick)


async def each(client, rooms, work):
    """Runs work for every room, a window of them at a time. Answers a dict by room, errors included."""
    window = asyncio.Semaphore(client.window)

    async def one(room):
        async with window:
            try:
                return await work(room)
            except (IqError, PresenceError) as e:
                return {"error": e.condition, "text": e.text}
            except (IqTimeout, asyncio.TimeoutError):
                return {"error": "timeout"}

    return dict(zip(rooms, await asyncio.gather(*map(one, rooms))))


def form_values(form):
    return {name: field["value"] for name, field in form.get_fields().items() if name != "FORM_TYPE"}


async def look(client, rooms):
    """disco#info of rooms (XEP-0045 section 6.4), and nothing else."""

    async def one(room):
        info = (await client["xep_0030"].get_info(jid=room, timeout=DEADLINE))["disco_info"]
        names = [name for (category, _, _, name) in info["identities"] if category == "conference"]
        extended = info.xml.find("{jabber:x:data}x")
        values = {}
        for field in extended if extended is not None else ():
            values[field.get("var")] = "\n".join(v.text or "" for v in field.findall("{jabber:x:data}value"))
        return {"name": names[0] if names else "", "features": sorted(info["features"]), "values": values}

    return await each(client, rooms, one)


async def listed(client, rooms):
    """The rooms that services list (XEP-0045 section 6.3), page by page where they offer pages."""

    async def one(service):
        features = (await client["xep_0030"].get_info(jid=service, timeout=DEADLINE))["disco_info"]["features"]
        if "http://jabber.org/protocol/rsm" not in features:  # Prosody answers whole
            whole = await client["xep_0030"].get_items(jid=service, timeout=DEADLINE)
            return {"jids": [jid for (jid, _, _) in whole["disco_items"]["items"]]}
        jids = []
        async for page in await client["xep_0030"].get_items(jid=service, iterator=True):
            jids += [jid for (jid, _, _) in page["disco_items"]["items"]]
        return {"jids": jids}

    return await each(client, rooms, one)


async def form(client, rooms):
    """All values of the rooms' owner form."""

    async def one(room):
        values = form_values(await client.muc.get_room_config(JID(room), timeout=DEADLINE))
        return {"values": {name: "\n".join(v) if isinstance(v, list) else str(v) for name, v in values.items()}}

    return await each(client, rooms, one)


async def submit(client, room, fields):
    form = await client.muc.get_room_config(JID(room), timeout=DEADLINE)
    offered = form.get_fields()
    for name, value in fields.items():
        if name not in offered:
            raise IqError({"error": {"condition": "not-offered", "text": name, "type": "modify"}})
        offered[name]["value"] = value
    form["type"] = "submit"
    await client.muc.set_room_config(JID(room), form, timeout=DEADLINE)


async def create(client, rooms, fields):
    """Makes rooms by joining, as people do, and configures them. A room that exists is an error."""

    async def one(room):
        codes, _ = await client.enter(room)
        try:
            if 201 not in codes:
                return {"error": "exists"}
            await submit(client, room, fields)
        finally:
            client.leave(room)
        return {}

    return await each(client, rooms, one)


async def configure(client, rooms, fields):
    async def one(room):
        await submit(client, room, fields)
        return {}

    return await each(client, rooms, one)


async def destroy(client, rooms, reason):
    async def one(room):
        await client.muc.destroy(JID(room), reason=reason, timeout=DEADLINE)
        return {}

    return await each(client, rooms, one)


async def affiliate(client, rooms, jid, affiliation):
    async def one(room):
        await client.muc.set_affiliation(JID(room), affiliation, jid=JID(jid), timeout=DEADLINE)
        return {}

    return await each(client, rooms, one)


async def kick(client, rooms, nick):
    """Sends somebody out of rooms, from inside: only occupants may."""

    async def one(room):
        await client.enter(room)
        try:
            await client.muc.set_role(JID(room), nick, "none", timeout=DEADLINE)
        finally:
            client.leave(room)
        return {}

    return await each(client, rooms, one)


async def owners(client, rooms):
    async def one(room):
        return {"jids": await client.muc.get_affiliation_list(JID(room), "owner", timeout=DEADLINE)}

    return await each(client, rooms, one)


async def visit(client, rooms, say):
    """Joins rooms, tells who is there and what the subject is, says something if asked to, and leaves."""

    async def one(room):
        _, subject = await client.enter(room)
        try:
            if say:
                heard = client.loop.create_future()
                client.add_event_handler(
                    f"muc::{room}::message",
                    lambda m: heard.done() or m["body"] != say or heard.set_result(None),
                )
                client.add_event_handler(
                    "groupchat_message_error",
                    lambda m: heard.done() or m["from"].bare != room or heard.set_exception(IqError(m)),
                )
                client.send_message(mto=JID(room), mbody=say, mtype="groupchat")
                await asyncio.wait_for(heard, DEADLINE)
            return {"occupants": sorted(client.muc.get_roster(room)), "subject": subject}
        finally:
            client.leave(room)

    return await each(client, rooms, one)


async def listen(client, rooms, until):
    """Joins rooms, tells what is said there until somebody says a certain thing, that included, and leaves."""

    async def one(room):
        heard, last = [], client.loop.create_future()

        def on_message(message):
            heard.append(message["body"])
            if message["body"] == until and not last.done():
                last.set_result(None)

        client.add_event_handler(f"muc::{room}::message", on_message)
        await client.enter(room)
        try:
            await asyncio.wait_for(last, DEADLINE)
        finally:
            client.leave(room)
        return {"heard": heard}

    return await each(client, rooms, one)


async def receive(client, rooms):
    """Becomes available and waits for one chat message from each of some bare JIDs."""

    async def one(sender):
        heard = client.loop.create_future()

        def on_message(message):
            if message["type"] == "chat" and message["from"].bare == sender and not heard.done():
                heard.set_result(message["body"])

        client.add_event_handler("message", on_message)
        client.send_presence()
        return {"heard": [await asyncio.wait_for(heard, DEADLINE)]}

    return await each(client, rooms, one)


async def subject(client, rooms, text):
    """Joins rooms, sets their subject, and leaves when the room has told it."""

    async def one(room):
        await client.enter(room)
        told = client.loop.create_future()

        def on_subject(message):
            if message["subject"] == text and not told.done():
                told.set_result(None)

        def on_error(message):
            if message["from"].bare == room and not told.done():
                told.set_exception(IqError(message))

        with client.event_handler(f"muc::{room}::groupchat_subject", on_subject), client.event_handler(
            "groupchat_message_error", on_error
        ):
            client.muc.set_subject(JID(room), text)
            try:
                await asyncio.wait_for(told, DEADLINE)
            finally:
                client.leave(room)
        return {}

    return await each(client, rooms, one)


async def watch(client, rooms):
    """Stays in rooms. For each line of standard input it prints, as a line, what it has seen there so far."""
    seen = {room: {"subject": "", "said": [], "occupants": []} for room in rooms}

    def on_subject(message):
        if message["from"].bare in seen:
            seen[message["from"].bare]["subject"] = message["subject"]

    def on_message(message):
        if message["from"].bare in seen and not message.get_plugin("delay", check=True):
            seen[message["from"].bare]["said"].append({"nick": message["from"].resource, "body": message["body"]})

    client.add_event_handler("groupchat_subject", on_subject)
    client.add_event_handler("groupchat_message", on_message)
    entered = await each(client, rooms, client.enter)

    async def one(room):
        if isinstance(entered[room], dict):
            return entered[room]
        # A ping to ourselves goes through the room (XEP-0410): whatever the room sent before it has arrived by its answer.
        itself = JID(f"{room}/{client.muc.our_nicks[JID(room)]}")
        try:
            await client["xep_0199"].send_ping(itself, timeout=DEADLINE)
        except IqError as e:
            if e.condition in ("not-acceptable", "item-not-found"):
                return {"error": "no longer in the room"}
        return {**seen[room], "occupants": sorted(client.muc.get_roster(room))}

    lines = asyncio.StreamReader()
    await client.loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    answer = {room: {} for room in rooms}  # the first, once it is in
    while True:
        json.dump({"result": answer}, client.output)
        client.output.write("\n")
        client.output.flush()
        if not await lines.readline():
            break
        answer = await each(client, rooms, one)
    for room in rooms:
        client.leave(room)


COMMANDS = {
    f.__name__: f
    for f in (look, listed, form, create, configure, destroy, affiliate, kick, owners, visit, listen, receive, subject, watch)
}


async def run(client, request):
    client.connect((request["host"], request["port"]), disable_starttls=not request["ca"], force_starttls=bool(request["ca"]))
    await asyncio.wait_for(client.ready, DEADLINE)
    if request["ca"] and not client.transport.get_extra_info("cipher"):
        raise RuntimeError("the session is not encrypted")
    try:
        return await COMMANDS[request["do"]](client, **request["arguments"])
    finally:
        await client.disconnect(wait=2)


def main():
    request = json.loads(sys.stdin.buffer.raw.readline())  # what comes after it is left for others to read
    output, sys.stdout = sys.stdout, sys.stderr  # slixmpp 1.8 prints while it joins
    client = Client(request)
    client.output = output
    try:
        answer = {"result": client.loop.run_until_complete(run(client, request))}
    except Exception as e:  # the caller reports whatever it is
        answer = {"error": f"{type(e).__name__}: {e}"}
    json.dump(answer, output)


if __name__ == "__main__":
    main()
