// Goes from a published page into a chat room, as a reader does, waits there for somebody to say something, and answers.
//
// Task: {"page": URL, "link": text of the link, "nickname", "hear": text, "say": text, "width": pixels}.
// Answer, beside that of begin.mjs: {"at": URL of the web client, "screenshot": PNG in base64}.
const context = await open({ viewport: { width: task.width, height: 700 } });
const page = await context.newPage();
const answer = {};
try {
  await page.goto(task.page);
  await page.getByRole('link', { name: task.link, exact: true }).first().click();
  await page.locator('input[name=nick]').fill(task.nickname);
  answer.at = page.url();
  await page.locator('input[name=join]').click();

  const chat = page.locator('.chat-content');
  await chat.getByText(task.hear).first().waitFor();
  await page.locator('textarea.chat-textarea').fill(task.say);
  await page.keyboard.press('Enter');
  await chat.getByText(task.say).first().waitFor();
} catch (e) {
  answer.error = `at ${page.url()}: ${e.message}`;
}
answer.screenshot = (await page.screenshot()).toString('base64');
await end(answer);
