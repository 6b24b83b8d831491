// Keys, the outputs that a head begins with, and payments out of them, by the same library as the clients' own.
'use strict';

const {
  CborSet, Crypto, Ed25519PrivateKey, Transaction, TransactionBody, TransactionWitnessSet, VkeyWitness,
  buildEnterpriseAddress,
} = require('@meshsdk/core-cst');

const TESTNET = 0;
const PURSES = 'aa'.repeat(32);
const POLICY = 'bb'.repeat(28);
const TOKEN = Buffer.from('token').toString('hex');

/** Whoever holds a key that follows from a number. */
async function holder(number) {
  await Crypto.ready();
  const key = Ed25519PrivateKey.fromNormalHex(Buffer.alloc(32, number).toString('hex'));
  const verification = key.toPublic();
  const address = buildEnterpriseAddress(TESTNET, verification.hash().hex()).toAddress().toBech32();
  return { key, verification, address };
}

/** Three outputs of 20 ada, and one with tokens, by reference: as hydra writes them. */
function purses({ address }) {
  const plain = { address, value: { lovelace: 20_000_000 } };
  const outputs = [0, 1, 2].map((index) => [`${PURSES}#${index}`, plain]);
  const rich = { address, value: { lovelace: 2_000_000, [POLICY]: { [TOKEN]: 7 } } };
  return Object.fromEntries([...outputs, [`${PURSES}#3`, rich]]);
}

/** A signed payment of 5 ada out of a purse, in hydra's envelope. */
function payment(payer, payee, index) {
  const outputs = [[payee.address, 5_000_000n], [payer.address, 15_000_000n]];
  const body = TransactionBody.fromCore({
    inputs: [{ txId: PURSES, index }],
    outputs: outputs.map(([address, coins]) => ({ address, value: { coins } })),
    fee: 0n,
  });
  const signature = payer.key.sign(body.hash()).hex();
  const witnesses = new TransactionWitnessSet();
  witnesses.setVkeys(CborSet.fromCore([[payer.verification.hex(), signature]], VkeyWitness.fromCore));
  return {
    type: 'Witnessed Tx ConwayEra',
    description: '',
    cborHex: new Transaction(body, witnesses).toCbor(),
    txId: body.hash(),
  };
}

module.exports = { POLICY, PURSES, TOKEN, holder, payment, purses };
