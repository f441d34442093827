// Runs a command-line host with `Model` in the place of its model.
import { spawn } from "node:child_process";
import { Model } from "./model.mjs";

/** Runs the program of a package until it ends, with the settings that `prepare(address)` returns, and records. */
export async function runProgram(name, conversion, nameOf, prepare) {
  const model = new Model(nameOf);
  const { command, args, environment } = prepare(await model.listen());
  const options = { env: { ...process.env, ...environment }, stdio: ["ignore", "inherit", "inherit"] };
  const program = spawn(command, args, options);
  const limit = setTimeout(() => program.kill(), 800_000);
  await new Promise((done) => program.on("exit", done));
  clearTimeout(limit);
  model.finish(name, conversion);
}

/** Returns the path of a program that a package installs. */
export function bin(name) {
  return new URL(`node_modules/.bin/${name}`, import.meta.url).pathname;
}
