//! Into a head: Genesis and Deposit on a ledger with L1's figures, then what hydra recreates, and on from there.

#[cfg(test)]
mod crossing {
    use demeter_core::codec::grid_id;
    use demeter_core::transition::Held;
    use demeter_core::{
        Address, Amount, Asset, Count, Deposit, Genesis, Grid, GridDraft, OutputReference, PlutusData as _,
        Ppm, ScriptHash, Span, State, Text, Time, Token, TransactionId, Value,
    };
    use demeter_tx::builder::UnsignedTransaction;
    use demeter_tx::head::{DepositError, EmbeddedHead, HYDRA_DEPOSIT, Head as _, UtxoQuery, recreated};
    use demeter_tx::keys::{PaymentKey, Signer as _};
    use demeter_tx::market::{
        Candidate, ComposeError, Composer, Contract, Funds, GenesisPlan, Plan, SlotRange, read_state,
    };
    use demeter_tx::{
        Data, LedgerSettings, Network, Output, OutputDraft, ProtocolParameters, Slot, SlotClock, UtxoSet,
    };
    use futures_executor::block_on;

    /// 2026-01-01T00:00:00Z.
    const START: u64 = 1_767_225_600_000;
    const HEAD: ScriptHash = ScriptHash::from_bytes([0xd1; 28]);

    /// The least fee of any transaction on L1.
    const FEE_FIXED: u64 = 155_381;

    struct Ledger {
        head: EmbeddedHead,
        composer: Composer,
    }

    fn key(byte: u8) -> PaymentKey {
        PaymentKey::from_seed(&[byte; 32])
    }

    fn address(key: &PaymentKey) -> Address {
        Address::of_key(key.key_hash())
    }

    fn founder() -> PaymentKey {
        key(1)
    }

    fn entities() -> [PaymentKey; 3] {
        [key(3), key(4), key(5)]
    }

    fn time(milliseconds: u64) -> Time {
        Time::from_milliseconds(milliseconds).unwrap()
    }

    fn number(number: u64) -> Count {
        Count::from_number(number).unwrap()
    }

    fn purse(key: &PaymentKey, index: u64) -> (OutputReference, Output) {
        let reference = OutputReference { transaction: TransactionId::from_bytes([0; 32]), index };
        let value = Value::of_lovelace(Amount::from_units(100_000_000).unwrap());
        (reference, OutputDraft::new(address(key), value).finish(Network::Testnet))
    }

    impl Ledger {
        fn open(parameters: ProtocolParameters, utxos: UtxoSet, start: u64) -> Self {
            let clock = SlotClock::of_seconds(time(START)).unwrap();
            let settings = LedgerSettings { network: Network::Testnet, parameters, clock };
            let head = EmbeddedHead::open(settings.clone(), utxos, time(start)).unwrap();
            Self { head, composer: Composer::new(Contract::embedded().unwrap(), settings) }
        }

        /// With the figures of mainnet, and a founder who has all.
        fn main_chain() -> Self {
            let purses = (0..2).map(|index| purse(&founder(), index)).collect();
            Self::open(ProtocolParameters::mainnet().unwrap(), purses, START)
        }

        fn utxos(&self) -> UtxoSet {
            block_on(self.head.utxos(&UtxoQuery::All)).unwrap()
        }

        fn funds(&self) -> Funds {
            Funds::at(address(&founder()), &self.utxos())
        }

        fn range(&self) -> SlotRange {
            let from = block_on(self.head.now()).unwrap().slot;
            SlotRange { from, before: Slot::from_number(from.to_number() + 60) }
        }

        fn submit(&self, transaction: UnsignedTransaction, signers: &[PaymentKey]) -> TransactionId {
            let mut transaction = transaction;
            for signer in signers {
                block_on(transaction.sign(signer)).unwrap();
            }
            block_on(self.head.submit(transaction.finish().unwrap())).unwrap()
        }

        fn states(&self) -> Vec<Held<State>> {
            let scripts = self.composer.contract().scripts();
            let states =
                self.utxos().into_iter().filter_map(|(at, output)| read_state(&scripts, at, &output).ok());
            states.collect()
        }

        fn found(&self) -> (OutputReference, OutputReference) {
            let (seed, _) = self.utxos().pop_first().unwrap();
            let deadline = time(START + 3_600_000);
            let grid = Grid::new(GridDraft {
                id: grid_id(&seed, deadline),
                market: self.composer.contract().scripts().market,
                deposit: HYDRA_DEPOSIT,
                asset: Asset::Lovelace,
                entities: entities().iter().map(PaymentKey::key_hash).collect(),
                admission: number(1),
                threshold: number(2),
                fee_ppm: Ppm::from_millionths(10_000).unwrap(),
                treasury: address(&key(2)),
                prior: Amount::from_units(50_000_000).unwrap(),
                penalty: number(4),
                half_life: Span::from_seconds(86_400).unwrap(),
            })
            .unwrap();
            let genesis = Genesis { seed, deadline, operators: number(4), slots: number(8) };
            let plan = GenesisPlan { genesis, grid, range: self.range() };
            let transaction = self.composer.genesis(&plan, &self.funds()).unwrap();
            assert!(transaction.summary().fee.to_units() > FEE_FIXED);
            let transaction = self.submit(transaction, &[founder()]);
            (OutputReference { transaction, index: 0 }, OutputReference { transaction, index: 1 })
        }

        fn deposit(&self, signers: &[PaymentKey]) -> Result<UnsignedTransaction, ComposeError> {
            self.deposit_until(START + 86_400_000, signers)
        }

        fn deposit_until(
            &self,
            deadline: u64,
            signers: &[PaymentKey],
        ) -> Result<UnsignedTransaction, ComposeError> {
            let states = self.states();
            let at = |wanted: Token| {
                let held = states.iter().find(|held| held.state.kind().token() == wanted).unwrap();
                held.reference
            };
            let plan = Plan::deposit(at(Token::Grid), at(Token::Pool), HEAD, time(deadline));
            let plan = signers.iter().fold(plan, |plan, signer| plan.signed_by(signer.key_hash()));
            self.composer.compose(&plan.within(self.range()), &self.utxos(), &self.funds())
        }
    }

    /// The output of hydra's deposit validator, and grid and pool as they were before.
    fn deposited() -> (Output, UtxoSet) {
        let ledger = Ledger::main_chain();
        let (grid, pool) = ledger.found();
        let before = ledger.utxos();
        let quorum = &entities()[1..];
        let transaction = ledger.deposit(quorum).unwrap();
        assert!(transaction.summary().fee.to_units() > FEE_FIXED);
        let [_, second, third] = entities();
        let transaction = ledger.submit(transaction, &[founder(), second, third]);
        let after = ledger.utxos();
        assert!(!after.contains_key(&grid) && !after.contains_key(&pool));
        let deposit = after[&OutputReference { transaction, index: 0 }].clone();
        let both = [grid, pool].map(|reference| (reference, before[&reference].clone()));
        (deposit, both.into_iter().collect())
    }

    #[test]
    fn what_hydra_recreates_is_grid_and_pool_byte_for_byte() {
        let (deposit, both) = deposited();
        assert_eq!(*deposit.address(), Address::of_script(HYDRA_DEPOSIT));
        let recreated = recreated(&deposit).unwrap();
        assert_eq!(recreated, both);
        for (reference, output) in &both {
            assert_eq!(recreated[reference].as_bytes(), output.as_bytes());
        }
    }

    /// The contract takes what was recreated: an operator joins in the head.
    #[test]
    fn the_grid_goes_on_in_the_head() {
        let (deposit, _) = deposited();
        let mut utxos = recreated(&deposit).unwrap();
        utxos.extend([purse(&founder(), 7)]);
        let head = Ledger::open(ProtocolParameters::hydra_l2().unwrap(), utxos, START + 7_200_000);
        let states = head.states();
        let [grid, pool] = [Token::Grid, Token::Pool]
            .map(|token| states.iter().find(|held| held.state.kind().token() == token).unwrap().reference);
        let candidate = Candidate {
            owner: founder().key_hash(),
            endpoint: "https://one.example".into(),
            capacity: Default::default(),
            labels: Default::default(),
            slots: number(2),
        };
        let [entity, ..] = entities();
        let plan = Plan::admit(pool, grid, candidate).signed_by(entity.key_hash()).within(head.range());
        let transaction = head.composer.compose(&plan, &head.utxos(), &head.funds()).unwrap();
        assert_eq!(transaction.summary().fee, Amount::ZERO);
        head.submit(transaction, &[founder(), entity]);
        assert_eq!(head.states().len(), 5, "grid, pool, an operator and its two slots");
    }

    #[test]
    fn one_entity_moves_nothing() {
        let ledger = Ledger::main_chain();
        ledger.found();
        let [first, ..] = entities();
        let error = ledger.deposit(&[first]).unwrap_err();
        assert_eq!(error.to_string(), "2 entities must sign, found 1");
    }

    /// hydra would never take it up, and until the deadline nobody could take it back.
    #[test]
    fn a_deposit_ends_before_its_deadline() {
        let ledger = Ledger::main_chain();
        ledger.found();
        let error = ledger.deposit_until(START + 60_000, &entities()).unwrap_err();
        assert!(
            matches!(error, ComposeError::DepositDeadline { end: Some(end), .. } if end == time(START + 60_000))
        );
        assert!(ledger.deposit_until(START + 60_001, &entities()).is_ok());
    }

    /// The same output with another datum or value.
    fn with(deposit: &Output, change: impl FnOnce(&mut Deposit, &mut Value)) -> Output {
        let mut record = Deposit::decode(deposit.inline_datum().unwrap().as_bytes()).unwrap();
        let mut value = deposit.value().clone();
        change(&mut record, &mut value);
        OutputDraft::new(*deposit.address(), value)
            .with_inline_datum(Data::from_cbor(record.encode()).unwrap())
            .finish(Network::Testnet)
    }

    #[test]
    fn hydra_ignores_what_does_not_add_up() {
        let (deposit, _) = deposited();
        assert_eq!(recreated(&with(&deposit, |_, _| ())).map(|outputs| outputs.len()), Ok(2));
        let one = Amount::from_units(1).unwrap();
        let richer = with(&deposit, |_, value| *value = value.clone().plus(&Asset::Lovelace, one).unwrap());
        assert!(matches!(recreated(&richer), Err(DepositError::Value { .. })));
        let short = with(&deposit, |record, _| record.commits.truncate(1));
        assert!(matches!(recreated(&short), Err(DepositError::Value { .. })));
        let twice = with(&deposit, |record, _| record.commits[1].reference = record.commits[0].reference);
        assert!(matches!(recreated(&twice), Err(DepositError::Twice { position: 1, .. })));
        let garbage = with(&deposit, |record, _| record.commits[1].output = Text::from_bytes([0xff]));
        assert_eq!(
            recreated(&garbage).unwrap_err().to_string(),
            "commit 1 is not an output: its data is not one"
        );
        let plain = OutputDraft::new(*deposit.address(), deposit.value().clone()).finish(Network::Testnet);
        assert_eq!(recreated(&plain), Err(DepositError::NoDatum));
    }
}
