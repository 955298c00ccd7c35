// What pages gain with a script; each is complete without it. Nothing is asked
// of any other site, and nothing is kept.
"use strict";

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;
const root = new URL("../", document.currentScript.src);

markNow();
setInterval(markNow, HOUR / 60);
offerCopying();
offerFilter();
warnOfAge();

// markNow marks the sessions that are on.
function markNow() {
	for (const row of document.querySelectorAll("tr[data-start][data-end]")) {
		const now = Date.now();
		const cancelled = row.querySelector(".badge.cancelled, .badge.rescheduled");
		const on = !cancelled && Date.parse(row.dataset.start) <= now && now < Date.parse(row.dataset.end);
		if (on === row.classList.contains("now")) {
			continue;
		}
		row.classList.toggle("now", on);
		row.querySelector(".badge.now")?.remove();
		if (on) {
			(row.querySelector(".what") ?? row.cells[0]).append(" ", element("span", "badge now", "on now"));
		}
	}
}

// offerCopying puts a button beside each address. Browsers let pages copy only
// when they came over a connection that is secure.
function offerCopying() {
	const addresses = document.querySelectorAll(".jid");
	if (!navigator.clipboard || addresses.length === 0) {
		return;
	}
	const said = element("p", "vh", "");
	said.setAttribute("role", "status");
	document.body.append(said);
	for (const address of addresses) {
		const jid = address.textContent.trim();
		const button = element("button", "copy", "Copy address");
		button.type = "button";
		button.setAttribute("aria-label", "Copy address " + jid);
		button.addEventListener("click", async () => {
			try {
				await navigator.clipboard.writeText(jid);
				button.textContent = "Copied";
			} catch {
				button.textContent = "Not copied";
			}
			said.textContent = button.textContent + ": " + jid;
			setTimeout(() => { button.textContent = "Copy address"; }, 2000);
		});
		address.after(button);
	}
}

// offerFilter shows the search field of a list of rooms: a row stays if its name,
// group and area have every word that was typed.
function offerFilter() {
	const field = document.querySelector(".filter");
	const table = document.querySelector(".directory");
	if (!field || !table) {
		return;
	}
	const input = field.querySelector("input");
	const count = field.querySelector("[role=status]");
	const rows = [...table.querySelectorAll("tr[data-room]")].map((row) => ({
		row,
		text: [...row.querySelectorAll("th, .group, .area")].map((cell) => cell.textContent).join(" ").toLowerCase(),
	}));
	const filter = () => {
		const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
		let shown = 0;
		for (const { row, text } of rows) {
			row.hidden = !words.every((word) => text.includes(word));
			shown += row.hidden ? 0 : 1;
		}
		for (const part of table.tBodies) {
			part.hidden = !part.querySelector("tr[data-room]:not([hidden])");
		}
		count.textContent = words.length === 0 ? "" : shown === 1 ? "1 room" : shown + " rooms";
	};
	input.addEventListener("input", filter);
	field.hidden = false;
	filter(); // a browser that goes back keeps what was typed
}

// warnOfAge says that the data is old, on pages that a plain web server serves.
// roomctl's own puts the same banner there.
async function warnOfAge() {
	const { meetingStart, meetingEnd } = document.body.dataset;
	let status;
	try {
		const answer = await fetch(new URL("status.json", root), { cache: "no-cache", credentials: "omit" });
		status = await answer.json();
	} catch {
		return; // nothing is known: nothing is claimed
	}
	const reads = (status?.sources ?? []).map((source) => Date.parse(source.read)).filter((time) => !Number.isNaN(time));
	if (reads.length === 0 || document.querySelector(".banner")) {
		return;
	}
	const now = Date.now();
	const meeting = Date.parse(meetingStart) - DAY <= now && now < Date.parse(meetingEnd) + DAY;
	const read = Math.min(...reads);
	if (now - read <= (meeting ? HOUR / 2 : 6 * HOUR)) {
		return;
	}
	const banner = element("div", "banner", "");
	banner.setAttribute("role", "status");
	banner.append(element("p", "", "This page may be out of date: what it shows was last read from the Datatracker on " +
		new Date(read).toISOString().slice(0, 16).replace("T", " ") + " UTC."));
	document.querySelector("main").before(banner);
}

function element(name, classes, text) {
	const made = document.createElement(name);
	if (classes) {
		made.className = classes;
	}
	made.textContent = text;
	return made;
}
