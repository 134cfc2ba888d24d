// Runs the audits of graphql-http against a URL, prints those that fail and how many there were.
import { auditServer } from 'graphql-http';

const results = await auditServer({ url: process.argv[2] });
for (const result of results) {
  if (result.status !== 'ok') console.error(result.id, result.name, '-', result.reason);
}
const passed = results.filter((result) => result.status === 'ok').length;
console.log(`${passed}/${results.length}`);
process.exit(passed === results.length ? 0 : 1);
