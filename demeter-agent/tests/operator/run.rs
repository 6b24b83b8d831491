//! Running until told to stop.

use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use demeter_core::{Method, Span};
use futures_executor::block_on;

use super::stage::*;

#[test]
fn it_wakes_for_events_and_for_time_and_stops_when_told() {
    let ground = Ground::with_operators(1);
    let mut options = ground.sandbox.driver_options();
    options.nap = Duration::from_millis(5);
    let mut driver = ground.drive_with(ground.operator(0, 300_000), key(10), options);
    let told: Arc<Mutex<Vec<&'static str>>> = Arc::default();
    let (stop, stopped) = tokio::sync::oneshot::channel();
    let running = {
        let told = Arc::clone(&told);
        thread::spawn(move || {
            block_on(driver.run(stopped, |round| {
                let mut told = told.lock().unwrap();
                told.extend(round.unwrap().reports.iter().map(|report| report.action));
            }))
        })
    };
    // It is there already when the bid comes, and learns of it by an event; then time passes, without one.
    let terms = ground.place(ground.terms(1, Method::race(Span::ZERO)));
    ground.wait_until(terms.window.opens);
    let deadline = std::time::Instant::now() + Duration::from_secs(30);
    while *told.lock().unwrap() != ["take"] {
        assert!(std::time::Instant::now() < deadline, "it does not wake: {:?}", told.lock().unwrap());
        thread::yield_now();
    }
    stop.send(()).unwrap();
    running.join().unwrap().unwrap();
    assert_eq!(ground.stages(0), ["leased", "idle"]);
}
