// Looks at pages as different readers see them, and lets axe-core judge them.
//
// Task: {"pages": {name: URL}}.
// Answer, beside that of begin.mjs: {"views": [{"page", "view", "violations": [text], "sideways": pixels, "screenshot":
// PNG in base64}], "links": {name: [text of a link that is there without JavaScript]}}.
const axe = fs.readFileSync('node_modules/axe-core/axe.min.js', 'utf8');
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

const desktop = { width: 1280, height: 900 };
const phone = { width: 400, height: 850 };
const narrow = { width: 320, height: 600 }; // WCAG 2.2, 1.4.10 Reflow
const readers = {
  light: { viewport: desktop, colorScheme: 'light' },
  dark: { viewport: desktop, colorScheme: 'dark' },
  phone: { viewport: phone, colorScheme: 'light', isMobile: true, hasTouch: true },
  'phone-dark': { viewport: phone, colorScheme: 'dark', isMobile: true, hasTouch: true },
};

const tallest = 4000; // pixels of a page that a picture shows

async function picture(page, width) {
  const clip = { x: 0, y: 0, width, height: tallest };
  clip.height = Math.min(clip.height, await page.evaluate(() => document.documentElement.scrollHeight));
  return (await page.screenshot({ fullPage: true, clip })).toString('base64');
}

const sideways = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

async function judge(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(
    (values) => axe.run(document, { runOnly: { type: 'tag', values }, resultTypes: ['violations'] }),
    rules,
  );
  return violations.map((v) => `${v.id}: ${v.help} (${v.nodes.length} times, first ${v.nodes[0].html})`);
}

const views = [];
for (const [view, settings] of Object.entries(readers)) {
  const context = await open(settings);
  for (const [name, url] of Object.entries(task.pages)) {
    const page = await context.newPage();
    await page.goto(url);
    const seen = { page: name, view, sideways: await sideways(page), violations: [] };
    seen.screenshot = await picture(page, settings.viewport.width);
    if (view === 'light') {
      await page.emulateMedia({ media: 'print' });
      views.push({ page: name, view: 'print', sideways: 0, violations: [], screenshot: await picture(page, desktop.width) });
      await page.emulateMedia({ media: 'screen' });
    }
    if (view === 'phone') {
      await page.setViewportSize(narrow);
      seen.sideways = Math.max(seen.sideways, await sideways(page));
      await page.setViewportSize(phone);
    }
    const before = complaints.length;
    seen.violations = await judge(page);
    complaints.length = before; // axe-core is no part of the page
    views.push(seen);
    await page.close();
  }
  await context.close();
}

const links = {};
const plain = await open({ viewport: desktop, javaScriptEnabled: false });
for (const [name, url] of Object.entries(task.pages)) {
  const page = await plain.newPage();
  await page.goto(url);
  links[name] = await page.getByRole('link').allTextContents();
  await page.close();
}
await plain.close();
await end({ views, links });
