// A page that keeps what the browser complains of and whom it asks.
import { chromium } from 'playwright-core';

export const url = process.env.AUGUR_URL ?? 'http://127.0.0.1:8080';
export const shots = process.env.SCREENSHOTS ?? '../.build/screenshots';

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export async function watched(browser, options = {}) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, ...options });
  page.setDefaultTimeout(15_000);
  const strangers = [];
  const complaints = [];
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== new URL(url).origin && !/^(data|blob):/.test(request.url())) strangers.push(request.url());
  });
  page.on('requestfailed', (request) => {
    // What is under way when a page is left is ended by the browser.
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') complaints.push(`${request.url()}: ${request.failure()?.errorText}`);
  });
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (e) => console.error(`policy ${e.violatedDirective}: ${e.blockedURI}`));
  });
  return { page, strangers, complaints };
}
