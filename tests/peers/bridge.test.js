// @hydra-sdk/bridge against demeter-head.
'use strict';

const assert = require('node:assert/strict');
const { before, test } = require('node:test');
const { HydraBridge } = require('@hydra-sdk/bridge');
const { get, startHead } = require('./support/head');
const { POLICY, PURSES, TOKEN, holder, payment, purses } = require('./support/money');

let payer;
let payee;
before(async () => {
  [payer, payee] = [await holder(7), await holder(8)];
});

/** A head with the purses, and a bridge to it that has been greeted. */
async function connected(test, options = {}) {
  const address = await startHead(test, purses(payer));
  const bridge = new HydraBridge({ url: `ws://${address}`, ...options });
  const messages = [];
  bridge.events.on('onMessage', (message) => messages.push(message));
  const [greeted, answered] = [seen(bridge, 'Greetings'), answers(bridge, ['/protocol-parameters', '/snapshot/utxo'])];
  await bridge.connect();
  // A bridge asks for both by itself: a head that ends before it answers would be a failure that nobody handles.
  await Promise.all([greeted, answered]);
  test.after(() => bridge.disconnect());
  return { address, bridge, messages };
}

/** Waits until each of these was answered. */
function answers(bridge, paths) {
  const open = new Set(paths);
  return new Promise((resolve) => {
    bridge.connector.apiFetch.interceptors.response.use((response) => {
      open.delete(response.config.url);
      if (open.size === 0) resolve();
      return response;
    });
  });
}

/** The next message of this tag. */
function seen(bridge, tag) {
  return new Promise((resolve) => {
    bridge.events.on('onMessage', (message) => message.tag === tag && resolve(message));
  });
}

const lovelace = (bridge, { address }) => bridge.getAddressBalance(address).get('lovelace');

test('it connects and knows the outputs from the greetings', async (t) => {
  const { bridge, messages } = await connected(t);
  assert.equal(bridge.connected(), true);
  assert.equal(messages[0].tag, 'Greetings');
  assert.equal(messages[0].headStatus, 'Open');
  assert.equal(lovelace(bridge, payer), 62_000_000n);
  assert.equal(bridge.getAddressBalance(payer.address).get(POLICY + TOKEN), 7n);
  assert.deepEqual(await bridge.addressesInHead(), [payer.address]);
  const outputs = await bridge.queryAddressUTxO(payer.address);
  assert.deepEqual(outputs.map(({ input }) => `${input.txHash}#${input.outputIndex}`).sort(), Object.keys(purses(payer)));
});

test('it asks for the head, the parameters and the snapshot', async (t) => {
  const { address, bridge, messages } = await connected(t);
  const info = await bridge.headInfo();
  assert.deepEqual(info, {
    headId: messages[0].hydraHeadId, headStatus: 'Open', vkey: messages[0].me.vkey,
  });
  const [written, parameters] = [await get(address, '/protocol-parameters'), await bridge.getProtocolParameters()];
  assert.equal(parameters.minFeeA, 0);
  assert.equal(parameters.minFeeB, 0);
  assert.equal(parameters.maxTxSize, written.maxTxSize);
  assert.equal(parameters.coinsPerUtxoSize, written.utxoCostPerByte);
  assert.equal(parameters.maxTxExMem, String(written.maxTxExecutionUnits.memory));
  assert.equal(parameters.minPoolCost, String(written.minPoolCost));
  // Every figure has a source: one that the head does not send would be undefined here.
  for (const [name, value] of Object.entries(parameters)) assert.notEqual(value, undefined, name);
  const outputs = await bridge.querySnapshotUtxo();
  assert.deepEqual(Object.keys(outputs).sort(), Object.keys(purses(payer)));
  assert.equal(outputs[`${PURSES}#3`].value[POLICY][TOKEN], 7);
});

test('what it submits is confirmed, and it sees the snapshot', async (t) => {
  const { bridge } = await connected(t);
  const transaction = payment(payer, payee, 0);
  const { txId, isValid, isConfirmed, result } = await bridge.submitTxSync(transaction);
  assert.deepEqual({ txId, isValid, isConfirmed }, { txId: transaction.txId, isValid: true, isConfirmed: true });
  assert.deepEqual(result.snapshot.confirmed.map(({ cborHex }) => cborHex), [transaction.cborHex]);
  assert.deepEqual(result.snapshot.utxo[`${txId}#0`].value, { lovelace: 5_000_000 });
  assert.equal(result.snapshot.utxo[`${PURSES}#0`], undefined);
  assert.equal(lovelace(bridge, payee), 5_000_000n);
  assert.equal(lovelace(bridge, payer), 57_000_000n);
  const [received] = await bridge.queryAddressUTxO(payee.address);
  assert.deepEqual(received.input, { outputIndex: 0, txHash: txId });
});

test('it submits several at once, and each promise gets its own answer', async (t) => {
  const { bridge } = await connected(t);
  const transactions = [0, 1, 2].map((index) => payment(payer, payee, index));
  const outcomes = await Promise.all(transactions.map((transaction) => bridge.submitTxSync(transaction)));
  assert.deepEqual(outcomes.map(({ txId }) => txId), transactions.map(({ txId }) => txId));
  const numbers = outcomes.map(({ result }) => result.snapshot.number);
  // The first snapshot is the one with which the purses came.
  assert.deepEqual(numbers, [2, 3, 4]);
  assert.equal(lovelace(bridge, payee), 15_000_000n);
});

test('what is invalid is refused with a reason, and to the callback as well', async (t) => {
  const { bridge } = await connected(t);
  const transaction = payment(payer, payee, 0);
  await bridge.submitTxSync(transaction);
  const refusal = (error) => {
    assert.equal(error.tag, 'TxInvalid');
    assert.equal(error.txId, transaction.txId);
    assert.match(error.reason, /input/);
    return true;
  };
  await assert.rejects(bridge.submitTxSync(transaction), refusal);
  const [error, outcome] = await new Promise((resolve) => {
    bridge.submitTx(transaction, (...answer) => resolve(answer));
  });
  assert.equal(refusal(error) && outcome, null);
});

test('a command that makes no sense in an open head fails', async (t) => {
  const { bridge } = await connected(t);
  const failed = seen(bridge, 'CommandFailed');
  bridge.commands.init();
  assert.equal((await failed).clientInput.tag, 'Init');
});

test('it can ask for the history, and for snapshots without outputs', async (t) => {
  const { bridge, messages } = await connected(t, { history: true, noSnapshotUtxo: true });
  const tags = messages.map(({ tag }) => tag);
  assert.equal(tags[0], 'HeadIsOpen');
  assert.equal(tags.at(-1), 'Greetings');
  assert.equal(messages.at(-1).snapshotUtxo, undefined);
  const { result } = await bridge.submitTxSync(payment(payer, payee, 1));
  assert.equal(result.snapshot.utxo, undefined);
});

test('a deposit is refused as where there is no main chain, and a transaction for it is taken', async (t) => {
  const { address, bridge } = await connected(t);
  const answer = await fetch(`http://${address}/commit`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}',
  });
  assert.equal(answer.status, 400);
  // The bridge tells the console of what it throws.
  t.mock.method(console, 'error', () => {});
  await assert.rejects(bridge.commit({}));
  assert.notEqual(await bridge.submitCardanoTransaction(payment(payer, payee, 0)), null);
});
