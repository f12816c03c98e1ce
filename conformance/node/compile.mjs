// Compiles the contracts that the tests use beside the published ones, each into a file of
// hexadecimal creation code: node/compile.mjs FOLDER SOURCE..
import { createRequire } from "node:module";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

const solc = createRequire(import.meta.url)("solc");
const [folder, ...paths] = process.argv.slice(2);
const sources = Object.fromEntries(
  paths.map((path) => [basename(path), { content: readFileSync(path, "utf8") }]),
);
const settings = {
  optimizer: { enabled: true, runs: 200 },
  outputSelection: { "*": { "*": ["evm.bytecode.object"] } },
};
const output = JSON.parse(solc.compile(JSON.stringify({ language: "Solidity", sources, settings })));
const errors = (output.errors ?? []).filter((error) => error.severity === "error");
if (errors.length > 0) {
  console.error(errors.map((error) => error.formattedMessage).join("\n"));
  process.exit(1);
}
mkdirSync(folder, { recursive: true });
for (const path of paths) {
  const name = basename(path, ".sol");
  const code = output.contracts[basename(path)][name].evm.bytecode.object;
  writeFileSync(join(folder, `${name}.hex`), code);
}
