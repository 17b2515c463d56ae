// Asks a server the same kind of thing again and again: reads what to ask as JSON, writes what came
// of it. `make bench` drives it; see docs/performance.md.
import { readFileSync } from "node:fs";
import autocannon from "autocannon";

const asked = JSON.parse(readFileSync(0, "utf8"));
const { url, connections, seconds, once, says, requests } = asked;

// Each connection has its own share, so that nothing that changes is sent twice.
const shares = Array.from({ length: connections }, (_, at) =>
  requests.filter((_request, n) => n % connections === at),
);
let next = 0;

const found = await autocannon({
  url,
  connections,
  timeout: 60,
  ...(once ? { amount: requests.length } : { duration: seconds }),
  setupClient: (client) => client.setRequests(shares[next++ % connections]),
  ...(says ? { verifyBody: (body) => body.includes(says) } : {}),
});
const bad = found.non2xx + found.errors + found.timeouts + (found.mismatches ?? 0);
const count = found.requests.total;
process.stdout.write(
  JSON.stringify({
    count,
    bad,
    rps: count / found.duration,
    p50_ms: found.latency.p50,
    p99_ms: found.latency.p99,
  }),
);
