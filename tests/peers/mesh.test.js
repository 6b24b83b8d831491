// @meshsdk/hydra against demeter-head.
'use strict';

const assert = require('node:assert/strict');
const { before, test } = require('node:test');
const { HydraProvider } = require('@meshsdk/hydra');
const { get, startHead } = require('./support/head');
const { POLICY, PURSES, TOKEN, holder, payment, purses } = require('./support/money');

let payer;
let payee;
before(async () => {
  [payer, payee] = [await holder(7), await holder(8)];
});

// The provider tells the console of each connection that ends, as all of these do.
const { error } = console;
console.error = (...words) => words[0] === 'Hydra websocket closed' || error(...words);

/** A head with the purses, and a provider that has been greeted. */
async function connected(test, ...options) {
  const address = await startHead(test, purses(payer), ...options);
  const provider = new HydraProvider({ url: `http://${address}` });
  const messages = new Messages(provider);
  const status = new Promise((resolve) => provider.onStatusChange(resolve));
  await provider.connect();
  // The provider itself has no way to go.
  test.after(() => provider._connection.disconnect());
  await messages.next('Greetings');
  return { address, messages, provider, status };
}

/** The messages that a provider passes on, in their order. */
class Messages {
  all = [];
  waiting = [];

  constructor(provider) {
    provider.onMessage((message) => {
      this.all.push(message);
      this.waiting = this.waiting.filter(({ tag, resolve }) => tag !== message.tag || resolve(message));
    });
  }

  /** The next one of this tag. */
  next(tag) {
    return new Promise((resolve) => {
      this.waiting.push({ tag, resolve });
    });
  }
}

test('it connects, and knows that the head is open', async (t) => {
  const { messages, status } = await connected(t);
  assert.equal(await status, 'OPEN');
  assert.equal(messages.all[0].tag, 'Greetings');
  assert.equal(messages.all[0].headStatus, 'Open');
});

test('it reads outputs', async (t) => {
  const { provider } = await connected(t);
  const outputs = await provider.fetchAddressUTxOs(payer.address);
  outputs.sort((one, other) => one.input.outputIndex - other.input.outputIndex);
  assert.deepEqual(outputs.map(({ input }) => input), [0, 1, 2, 3].map((outputIndex) => ({ outputIndex, txHash: PURSES })));
  assert.deepEqual(outputs[0].output.amount, [{ unit: 'lovelace', quantity: '20000000' }]);
  assert.deepEqual(outputs[3].output.amount.sort((one, other) => one.unit.length - other.unit.length), [
    { unit: 'lovelace', quantity: '2000000' }, { unit: POLICY + TOKEN, quantity: '7' },
  ]);
  assert.deepEqual(await provider.fetchAddressUTxOs(payee.address), []);
});

test('it reads the parameters', async (t) => {
  const { address, provider } = await connected(t);
  const [parameters, written] = [await provider.fetchProtocolParameters(), await get(address, '/protocol-parameters')];
  assert.equal(parameters.minFeeA, 0);
  assert.equal(parameters.minFeeB, 0);
  assert.equal(parameters.priceMem, 0);
  assert.equal(parameters.coinsPerUtxoSize, written.utxoCostPerByte);
  assert.equal(parameters.maxTxSize, written.maxTxSize);
  assert.equal(Number(parameters.maxTxExSteps), written.maxTxExecutionUnits.steps);
  for (const [name, value] of Object.entries(parameters)) {
    assert.ok(value !== undefined && !Number.isNaN(value), name);
  }
});

test('it sends a transaction and gets the answer', async (t) => {
  const { messages, provider } = await connected(t);
  const transaction = payment(payer, payee, 0);
  const confirmed = messages.next('SnapshotConfirmed');
  await provider.newTx(transaction.cborHex, transaction.type);
  const { snapshot } = await confirmed;
  const valid = messages.all.at(-2);
  assert.equal(valid.tag, 'TxValid');
  assert.equal(valid.transactionId, transaction.txId);
  assert.deepEqual(snapshot.confirmed.map(({ txId }) => txId), [transaction.txId]);
  const [received, ...others] = await provider.fetchAddressUTxOs(payee.address);
  assert.deepEqual(received.input, { outputIndex: 0, txHash: transaction.txId });
  assert.deepEqual(others, []);
});

test('an id that is not the transaction\'s is refused', async (t) => {
  const { messages, provider } = await connected(t);
  const [transaction, other] = [payment(payer, payee, 0), payment(payer, payee, 1)];
  const confirmed = messages.next('SnapshotConfirmed');
  // The refusal has no tag, and the provider passes on by tags: so it shows in what comes next.
  await provider.newTx(transaction.cborHex, transaction.type, '', other.txId);
  await provider.newTx(other.cborHex, other.type, '', other.txId);
  const { snapshot } = await confirmed;
  assert.deepEqual(snapshot.confirmed.map(({ txId }) => txId), [other.txId]);
  assert.deepEqual(messages.all.map(({ tag }) => tag), ['Greetings', 'TxValid', 'SnapshotConfirmed']);
});

test('what is invalid is refused with a reason', async (t) => {
  const { messages, provider } = await connected(t);
  const transaction = payment(payer, payee, 0);
  const confirmed = messages.next('SnapshotConfirmed');
  await provider.newTx(transaction.cborHex, transaction.type);
  await confirmed;
  const refused = messages.next('TxInvalid');
  await provider.newTx(transaction.cborHex, transaction.type);
  const { transaction: returned, validationError } = await refused;
  assert.equal(returned.cborHex, transaction.cborHex);
  assert.match(validationError.reason, /input/);
});

test('submitTx waits for ever for a field that 2.x does not send', async (t) => {
  const { messages, provider } = await connected(t);
  const confirmed = messages.next('SnapshotConfirmed');
  const submitted = provider.submitTx(payment(payer, payee, 0).cborHex);
  await confirmed;
  // All that will ever be said of it has been said; a request more gives the promise time to settle, if it could.
  const answer = provider.fetchAddressUTxOs(payee.address).then((outputs) => outputs.length);
  assert.equal(await Promise.race([submitted, answer]), 1);
});

test('with --legacy-tx-valid, submitTx gives the id', async (t) => {
  const { provider } = await connected(t, '--legacy-tx-valid');
  const transaction = payment(payer, payee, 0);
  assert.equal(await provider.submitTx(transaction.cborHex), transaction.txId);
});
