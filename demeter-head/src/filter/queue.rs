//! What waits for one client.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::Utf8Bytes;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::timeout;

/// What a client is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Frame {
    /// A message.
    Text(Utf8Bytes),
    /// That nothing will follow: a code and the reason.
    Part(u16, String),
}

/// A line for one client, with room for so many bytes.
///
/// One message always fits an empty line, however long it is: outputs may be many.
#[derive(Clone, Debug)]
pub(crate) struct Queue {
    frames: mpsc::UnboundedSender<(Frame, u32)>,
    room: Arc<Semaphore>,
    most: u32,
}

/// The end of a line that a client's socket takes from.
#[derive(Debug)]
pub(crate) struct Inbox {
    frames: mpsc::UnboundedReceiver<(Frame, u32)>,
    room: Arc<Semaphore>,
}

/// The line is full, or nobody takes from it any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Behind;

/// A line with room for so many bytes.
pub(crate) fn line(bytes: usize) -> (Queue, Inbox) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let most = u32::try_from(bytes).unwrap_or(u32::MAX).max(1);
    // NOTE: a semaphore holds more than 2^32 wherever pointers have 64 bits.
    let room = Arc::new(Semaphore::new((most as usize).min(Semaphore::MAX_PERMITS)));
    (Queue { frames: sender, room: Arc::clone(&room), most }, Inbox { frames: receiver, room })
}

impl Queue {
    /// Puts a message in line if there is room now.
    pub(crate) fn put(&self, text: Utf8Bytes) -> Result<(), Behind> {
        let size = self.size(&text);
        self.room.try_acquire_many(size).map_err(|_| Behind)?.forget();
        self.frames.send((Frame::Text(text), size)).map_err(|_| Behind)
    }

    /// Puts a message in line as soon as there is room, but not later than this.
    pub(crate) async fn put_within(&self, text: Utf8Bytes, most: Duration) -> Result<(), Behind> {
        let size = self.size(&text);
        let room = timeout(most, self.room.acquire_many(size)).await;
        room.map_err(|_| Behind)?.map_err(|_| Behind)?.forget();
        self.frames.send((Frame::Text(text), size)).map_err(|_| Behind)
    }

    /// Whether all that was put in line has been taken.
    pub(crate) fn is_empty(&self) -> bool {
        self.room.available_permits() >= self.most as usize
    }

    /// Says that nothing follows what is in line.
    pub(crate) fn part(&self, code: u16, reason: impl Into<String>) {
        // That nobody takes it is what it is for.
        drop(self.frames.send((Frame::Part(code, reason.into()), 0)));
    }

    fn size(&self, text: &Utf8Bytes) -> u32 {
        u32::try_from(text.len()).unwrap_or(u32::MAX).min(self.most)
    }
}

impl Inbox {
    /// The next frame; `None` when there will be no more.
    pub(crate) async fn next(&mut self) -> Option<Frame> {
        let (frame, size) = self.frames.recv().await?;
        self.room.add_permits(size as usize);
        Some(frame)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(length: usize) -> Utf8Bytes {
        "x".repeat(length).into()
    }

    #[tokio::test]
    async fn who_falls_behind_is_not_waited_for() {
        let (queue, mut inbox) = line(1_000);
        assert_eq!(queue.put(text(600)), Ok(()));
        assert_eq!(queue.put(text(600)), Err(Behind));
        assert_eq!(queue.put(text(400)), Ok(()));
        assert!(inbox.next().await.is_some());
        assert_eq!(queue.put(text(600)), Ok(()));
        drop(inbox);
        assert_eq!(queue.put(text(0)), Err(Behind));
    }

    #[tokio::test]
    async fn history_waits_for_room_and_not_for_ever() {
        let (queue, mut inbox) = line(10);
        // One message fits, however long it is.
        queue.put_within(text(1_000), Duration::ZERO).await.unwrap();
        assert_eq!(queue.put_within(text(1), Duration::from_millis(1)).await, Err(Behind));
        let waiting = queue.put_within(text(1), Duration::from_secs(60));
        let (put, taken) = tokio::join!(waiting, inbox.next());
        assert_eq!((put, taken), (Ok(()), Some(Frame::Text(text(1_000)))));
        assert!(!queue.is_empty());
        assert!(inbox.next().await.is_some() && queue.is_empty());
    }

    #[tokio::test]
    async fn the_end_comes_after_what_was_in_line() {
        let (queue, mut inbox) = line(10);
        queue.put(text(10)).unwrap();
        queue.part(1013, "gone");
        assert_eq!(inbox.next().await, Some(Frame::Text(text(10))));
        assert_eq!(inbox.next().await, Some(Frame::Part(1013, "gone".to_owned())));
    }
}
