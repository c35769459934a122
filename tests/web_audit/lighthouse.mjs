// Runs Lighthouse over the pages that stdin names, as a signed-in user, and prints scores as JSON.
import { readFileSync, writeFileSync } from "node:fs";
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";

const job = JSON.parse(readFileSync(0, "utf8"));
const kinds = ["performance", "accessibility", "best-practices"];
const middle = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
const results = {};

const chrome = await launch({
  chromePath: job.chromium,
  chromeFlags: ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
// On a busy machine a trace now and then lacks its beginning: Lighthouse itself asks to run again.
async function look(url) {
  let lhr;
  for (let attempt = 0; attempt < 3; attempt++) {
    ({ lhr } = await lighthouse(url, {
      port: chrome.port,
      onlyCategories: kinds,
      extraHeaders: { Cookie: job.cookie },
      logLevel: "error",
    }));
    if (!lhr.runtimeError) break;
  }
  return lhr;
}

try {
  for (const [name, url] of Object.entries(job.pages)) {
    const scores = Object.fromEntries(kinds.map((kind) => [kind, []]));
    const failed = new Set();
    for (let run = 0; run < job.runs; run++) {
      const lhr = await look(url);
      if (lhr.runtimeError) throw new Error(`${name}: ${lhr.runtimeError.message}`);
      for (const kind of kinds) {
        scores[kind].push(lhr.categories[kind].score);
        for (const { id, weight } of lhr.categories[kind].auditRefs) {
          const score = lhr.audits[id].score;
          if (weight > 0 && score !== null && score < 0.9) failed.add(`${id} ${score}`);
        }
      }
      if (lhr.finalDisplayedUrl !== url) throw new Error(`${name} led to ${lhr.finalDisplayedUrl}`);
      writeFileSync(`${job.out}/${name.replaceAll(" ", "-")}.json`, JSON.stringify(lhr));
    }
    results[name] = {
      scores: Object.fromEntries(kinds.map((kind) => [kind, middle(scores[kind])])),
      failed: [...failed],
    };
  }
} finally {
  chrome.kill();
}
process.stdout.write(JSON.stringify(results));
