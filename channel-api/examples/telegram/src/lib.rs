//! A Telegram bot as a channel: private chats with text, photos, buttons and taps. It is here to keep the contract neutral: the
//! token stands in the path, the provider is told where to deliver, a webhook repeats a secret and names no account, and files
//! are for the token's owner only. All of it is less than 500 lines, blank ones and comments too; what it is measured with stands in
//! `tests`. Source: <https://core.telegram.org/bots/api>

mod api;
mod channel;
mod config;
mod message;
mod webhook;

pub use channel::TelegramFactory;
