// The beginning of each of the scripts: reads the task from standard input and starts Chromium, which reaches loopback
// addresses only.
import fs from 'node:fs';
import { chromium } from 'playwright-core';

const task = JSON.parse(fs.readFileSync(0, 'utf8'));
const patience = task.patience || 30_000; // milliseconds, for each step

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: [
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-quic',
    '--disable-sync',
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.*',
    '--no-first-run',
  ],
});

// What all pages asked for, and what they complained of: refusals of the content security policy among it.
const requests = new Set();
const complaints = [];

async function open(settings) {
  const context = await browser.newContext(settings);
  context.setDefaultTimeout(patience);
  context.on('request', (request) => requests.add(request.url()));
  context.on('weberror', (error) => complaints.push(`${error.page()?.url()}: ${error.error()}`));
  context.on('console', (message) => {
    if (message.type() === 'error') {
      complaints.push(`${message.page()?.url()}: ${message.text()}`);
    }
  });
  context.on('page', (page) => page.on('websocket', (socket) => requests.add(socket.url())));
  return context;
}

async function end(answer) {
  const version = browser.version();
  await browser.close();
  const text = JSON.stringify({ version, requests: [...requests], complaints, ...answer });
  await new Promise((written) => process.stdout.write(text, written));
}
