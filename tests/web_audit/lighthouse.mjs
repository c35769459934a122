// Runs Lighthouse over the pages that stdin names, as a signed-in user, and prints scores as JSON.
import { readFileSync, writeFileSync } from "node:fs";
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";
import puppeteer from "puppeteer-core";

const job = JSON.parse(readFileSync(0, "utf8"));
const kinds = ["performance", "accessibility", "best-practices"];
const middle = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const results = {};

// Lighthouse's own table from the speed of this machine (its benchmark index, taken anew in each
// run, so a busy machine counts as the slow one that it is) to how much slower still a cheap
// phone is. Four times is right for an idle office PC alone.
// https://github.com/GoogleChrome/lighthouse/blob/main/docs/throttling.md
function slowdown(benchmark) {
  if (benchmark >= 1300) return 4;
  if (benchmark >= 800) return 3;
  if (benchmark >= 150) return 2;
  return 1;
}

const chrome = await launch({
  chromePath: job.chromium,
  chromeFlags: ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});

// In the browser's own jar: a cookie among the extra headers is lost as soon as the jar has another.
const browser = await puppeteer.connect({ browserURL: `http://127.0.0.1:${chrome.port}` });
const origin = new URL(Object.values(job.pages)[0]).origin;
await browser.setCookie({ name: "sessionid", value: job.session, domain: new URL(origin).hostname, path: "/" });

// On a busy machine a trace now and then lacks its beginning: Lighthouse itself asks to run again.
async function look(url, multiplier) {
  let lhr;
  for (let attempt = 0; attempt < 3; attempt++) {
    ({ lhr } = await lighthouse(url, {
      port: chrome.port,
      onlyCategories: kinds,
      logLevel: "error",
      throttling: { rttMs: 150, throughputKbps: 1638.4, cpuSlowdownMultiplier: multiplier },
    }));
    if (!lhr.runtimeError) break;
  }
  return lhr;
}

// A look whose machine was twice as fast or slow as the one that the throttling was set for says
// nothing: the next one is set by what it found.
async function fairLook(url, state) {
  let lhr;
  for (let attempt = 0; attempt < job.attempts; attempt++) {
    lhr = await look(url, state.multiplier);
    if (lhr.runtimeError) return lhr;
    const set = state.multiplier;
    state.multiplier = slowdown(lhr.environment.benchmarkIndex);
    if (state.multiplier === set) break;
  }
  return lhr;
}

try {
  const state = { multiplier: 4 };
  for (const [name, url] of Object.entries(job.pages)) {
    const scores = Object.fromEntries(kinds.map((kind) => [kind, []]));
    const [failed, machine] = [new Set(), []];
    let weight;
    for (let run = 0; run < job.runs; run++) {
      const lhr = await fairLook(url, state);
      if (lhr.runtimeError) throw new Error(`${name}: ${lhr.runtimeError.message}`);
      if (lhr.finalDisplayedUrl !== url) throw new Error(`${name} led to ${lhr.finalDisplayedUrl}`);
      for (const kind of kinds) {
        scores[kind].push(lhr.categories[kind].score);
        for (const { id, weight } of lhr.categories[kind].auditRefs) {
          const score = lhr.audits[id].score;
          if (weight > 0 && score !== null && score < 0.9) failed.add(`${id} ${score}`);
        }
      }
      const requests = lhr.audits["network-requests"].details.items.filter(({ url }) => url.startsWith("http"));
      weight = { requests: requests.length, bytes: lhr.audits["total-byte-weight"].numericValue };
      machine.push(`${Math.round(lhr.environment.benchmarkIndex)}/${lhr.configSettings.throttling.cpuSlowdownMultiplier}×`);
      writeFileSync(`${job.out}/${name.replaceAll(" ", "-")}-${run + 1}.json`, JSON.stringify(lhr));
    }
    results[name] = {
      scores: Object.fromEntries(kinds.map((kind) => [kind, middle(scores[kind])])),
      runs: scores.performance,
      machine,
      weight,
      failed: [...failed],
    };
  }
} finally {
  await browser.disconnect();
  chrome.kill();
}
process.stdout.write(JSON.stringify(results));
