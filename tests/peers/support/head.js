// demeter-head as a process of its own, for as long as a test lasts.
'use strict';

const { spawn } = require('node:child_process');
const { mkdtempSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { createInterface } = require('node:readline');
const { once } = require('node:events');

// The clients expect what a browser has, and Node has only from version 22 on.
globalThis.WebSocket ??= require('ws').WebSocket;

/** Starts a head that begins with these outputs, and ends it with the test. Gives its address without a scheme. */
async function startHead(test, outputs, ...options) {
  const program = process.env.DEMETER_HEAD;
  if (!program) throw new Error('DEMETER_HEAD does not name the program: run `cargo xtask test peers`');
  const folder = mkdtempSync(join(tmpdir(), 'demeter-peers-'));
  const utxo = join(folder, 'utxo.json');
  writeFileSync(utxo, JSON.stringify(outputs));
  const head = spawn(program, ['--api-port', '0', '--initial-utxo', utxo, ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(head, 'exit');
  test.after(async () => {
    head.kill('SIGTERM');
    const [code] = await ended;
    rmSync(folder, { recursive: true });
    if (code !== 0) throw new Error(`demeter-head ended with ${code}`);
  });
  for await (const line of createInterface({ input: head.stdout })) {
    const address = / is served at ws:\/\/(\S+) /.exec(line)?.[1];
    if (address) return address;
  }
  throw new Error('demeter-head ended without saying where it serves');
}

/** What a request is answered, as it stands. */
async function get(address, path) {
  return (await fetch(`http://${address}${path}`)).json();
}

module.exports = { get, startHead };
