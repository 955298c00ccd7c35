// Reads iCalendar streams with ical.js and with node-ical.
//
// Standard input: {"streams": {name: text}}. Standard output: {parser: {name: {"error": text or null, "errors": [text],
// "events": [{"uid", "start", "end", "status", "summary", "conferences"}]}}}, where times are seconds since 1970.
import fs from 'node:fs';
import ICAL from 'ical.js';
import nodeIcal from 'node-ical';

const text = (value) => (value && value.val !== undefined ? value.val : value) ?? '';

function byIcalJS(stream) {
  const calendar = new ICAL.Component(ICAL.parse(stream));
  for (const zone of calendar.getAllSubcomponents('vtimezone')) {
    ICAL.TimezoneService.register(zone);
  }
  const events = calendar.getAllSubcomponents('vevent').map((component) => {
    const event = new ICAL.Event(component, { strictExceptions: true });
    return {
      uid: event.uid,
      start: event.startDate.toUnixTime(),
      end: event.endDate.toUnixTime(),
      status: component.getFirstPropertyValue('status') ?? '',
      summary: event.summary,
      conferences: component.getAllProperties('conference').map((p) => p.getFirstValue().toString()),
    };
  });
  ICAL.TimezoneService.reset();
  return { errors: [], events };
}

function byNodeIcal(stream) {
  const events = Object.values(nodeIcal.sync.parseICS(stream))
    .filter((component) => component.type === 'VEVENT')
    .map((event) => ({
      uid: event.uid,
      start: event.start.getTime() / 1000,
      end: event.end.getTime() / 1000,
      status: text(event.status),
      summary: text(event.summary),
      conferences: [event.conference ?? []].flat().map(text),
    }));
  return { errors: [], events };
}

function all(streams, parse) {
  const results = {};
  for (const [name, stream] of Object.entries(streams)) {
    try {
      results[name] = parse(stream);
    } catch (e) {
      results[name] = { error: `${e.name}: ${e.message}`, errors: [], events: [] };
    }
  }
  return results;
}

const { streams } = JSON.parse(fs.readFileSync(0, 'utf8'));
const results = { 'ical.js': all(streams, byIcalJS), 'node-ical': all(streams, byNodeIcal) };
fs.writeSync(1, JSON.stringify(results));
