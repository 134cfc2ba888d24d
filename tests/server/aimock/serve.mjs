// aimock, told on standard input what to answer: it prints where it listens, and ends with its input.
import { LLMock } from "@copilotkit/aimock";
import { createInterface } from "node:readline";

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const told = JSON.parse((await lines.next()).value);
const mock = new LLMock({ port: 0, host: "127.0.0.1", logLevel: "silent" });

const good = { content: told.answer, usage: told.usage };
let asked = 0;
told.faults.forEach(({ latency = 0, truncateAfterChunks, ...response }, at) => {
  const answer = () => {
    asked += 1;
    return "error" in response ? response : { ...good, ...response };
  };
  const options = { chunkSize: 12, truncateAfterChunks, chaos: { latencyMs: latency } };
  mock.on({ endpoint: "chat", predicate: () => asked === at }, answer, options);
});
mock.on({ endpoint: "chat" }, () => good, { chunkSize: 12 });
mock.onEmbedding(/[^]*/, () => ({ embedding: told.embedding }));

await mock.start();
console.log(mock.url);
for await (const _ of lines);
await mock.stop();
