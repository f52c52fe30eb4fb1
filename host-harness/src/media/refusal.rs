//! Why a file was not fetched, each with the rule and what to do.

use channel_api::Action;
use http::StatusCode;

/// Why a file was not fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("this is no address of a file")]
    NoAddress,
    #[error("media are fetched over https only")]
    Scheme,
    #[error("an address with a user name or a password in it is not fetched")]
    UserInfo,
    #[error("media are not fetched from this host")]
    Host,
    #[error("media are not fetched from this machine, its network, or an address written as numbers")]
    Address,
    #[error("the media host sends on to another kind of address, and it was not followed")]
    RedirectScheme,
    #[error("the media host sends on to where media are not fetched from ({0})")]
    Redirect(&'static str),
    #[error("the media host sends on again and again")]
    TooManyRedirects,
    #[error("the media host no longer has this file (it answers {0})")]
    Gone(u16),
    #[error("the media host answers {0}")]
    Status(u16),
    #[error("the file is larger than {0} bytes")]
    TooLarge(u64),
    #[error("the file has no such part")]
    OutOfRange,
    #[error("the media host is too slow")]
    TooSlow,
    #[error("the media host cannot be reached")]
    Unreachable,
}

impl Refusal {
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::NoAddress => "media.url",
            Self::Scheme => "media.scheme",
            Self::UserInfo => "media.user_info",
            Self::Host => "media.host",
            Self::Address => "media.address",
            Self::RedirectScheme | Self::Redirect(_) | Self::TooManyRedirects => "media.redirect",
            Self::Gone(_) => "media.gone",
            Self::Status(_) => "media.status",
            Self::TooLarge(_) => "media.too_large",
            Self::OutOfRange => "media.range",
            Self::TooSlow => "media.too_slow",
            Self::Unreachable => "media.unreachable",
        }
    }

    pub(crate) const fn status(self) -> StatusCode {
        match self {
            Self::NoAddress => StatusCode::BAD_REQUEST,
            Self::Scheme | Self::UserInfo | Self::Host | Self::Address => StatusCode::FORBIDDEN,
            Self::Gone(_) => StatusCode::NOT_FOUND,
            Self::OutOfRange => StatusCode::RANGE_NOT_SATISFIABLE,
            Self::TooSlow => StatusCode::GATEWAY_TIMEOUT,
            _ => StatusCode::BAD_GATEWAY,
        }
    }

    pub(crate) const fn hint(self) -> &'static str {
        match self {
            Self::NoAddress => "give the address of the message's attachment as it stands, percent-encoded, as ?url=",
            Self::Scheme => "http is allowed for a loopback address that stands in [media] allow_hosts, for tests",
            Self::UserInfo => "leave out what stands before the @",
            Self::Host => {
                "the channel's own media hosts stand in its capabilities (mediaHosts); others are added to [media] allow_hosts"
            }
            Self::Address => {
                "use a name that leads to a public address, or list the address with its port in [media] allow_hosts"
            }
            Self::RedirectScheme | Self::Redirect(_) | Self::TooManyRedirects => {
                "each address on the way must keep the same rules; use the last one if it is trusted"
            }
            Self::Gone(_) => "addresses of what people send expire; fetch media soon after the message",
            Self::Status(_) | Self::TooSlow | Self::Unreachable => "try again in a moment",
            Self::TooLarge(_) => "fetch it from its own address instead",
            Self::OutOfRange => "ask without a range for all of it",
        }
    }

    /// What to do next, for programs.
    pub(crate) const fn action(self) -> Option<Action> {
        match self {
            Self::NoAddress | Self::Scheme | Self::UserInfo | Self::OutOfRange => Some(Action::FixRequest),
            Self::Host | Self::Address => Some(Action::CheckConfiguration),
            Self::Status(_) | Self::TooSlow | Self::Unreachable => Some(Action::RetryLater),
            Self::RedirectScheme | Self::Redirect(_) | Self::TooManyRedirects | Self::Gone(_) | Self::TooLarge(_) => {
                None
            }
        }
    }

    /// The same finding at an address that the first one has sent on to.
    pub(super) const fn on_the_way(self, redirects: usize) -> Self {
        match self {
            Self::Scheme | Self::UserInfo | Self::Host | Self::Address | Self::NoAddress if redirects > 0 => {
                Self::Redirect(self.code())
            }
            other => other,
        }
    }
}
