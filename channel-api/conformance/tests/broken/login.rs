//! Signing in.

use async_trait::async_trait;
use channel_api::login::{Account, LoginApp};
use channel_api::{AccountLogin, BuildContext, Result, Secret};

use crate::kit::{BrokenAdapter, memory};

fn inner() -> &'static dyn AccountLogin {
    (memory().login)().unwrap()
}

macro_rules! addresses {
    ($($name:ident: |$app:ident, $state:ident, $url:ident| $body:expr;)*) => {
        $(struct $name;

        #[async_trait]
        impl AccountLogin for $name {
            fn login_url(&self, $app: &LoginApp, $state: &str, context: &BuildContext) -> Result<String> {
                inner().login_url($app, $state, context).map(|$url| $body)
            }
            async fn accounts(&self, app: &LoginApp, code: &Secret, context: &BuildContext) -> Result<Vec<Account>> {
                inner().accounts(app, code, context).await
            }
        })*
    };
}

macro_rules! trades {
    ($($name:ident: |$told:ident, $code:ident| $body:expr;)*) => {
        $(struct $name;

        #[async_trait]
        impl AccountLogin for $name {
            fn login_url(&self, app: &LoginApp, state: &str, context: &BuildContext) -> Result<String> {
                inner().login_url(app, state, context)
            }
            async fn accounts(&self, app: &LoginApp, $code: &Secret, context: &BuildContext) -> Result<Vec<Account>> {
                let $told = inner().accounts(app, $code, context).await;
                $body
            }
        })*
    };
}

addresses! {
    RawState: |app, state, url| {
        let _ = app;
        format!("{}&state={state}", url.split("&state=").next().unwrap())
    };
    SecretInTheAddress: |app, state, url| {
        let _ = state;
        format!("{url}&secret={}", app.app_secret.expose())
    };
    Unencrypted: |app, state, url| {
        let _ = (app, state);
        url.replacen("https", "http", 1)
    };
}

trades! {
    ForgetsTheTasks: |told, _code| told.map(|mut accounts| {
        for account in &mut accounts {
            account.tasks.clear();
        }
        accounts
    });
    NoneAtAll: |told, _code| told.or_else(|error| if error.code() == "memory.unreadable" { Ok(Vec::new()) } else { Err(error) });
    TellsTheCode: |told, code| told.map_err(|error| error.with_context("code", code.expose()));
    TokenInThePicture: |told, _code| told.map(|mut accounts| {
        for account in &mut accounts {
            let token = account.access_token.expose();
            account.picture_url = Some(format!("https://memory.example/{}/picture?access_token={token}", account.id));
        }
        accounts
    });
}

pub(crate) fn adapters() -> Vec<BrokenAdapter> {
    vec![
        BrokenAdapter::registration("does not encode the state", "login.address", |registration| {
            registration.login = || Some(&RawState);
        }),
        BrokenAdapter::registration("puts its secret into the address", "login.address", |registration| {
            registration.login = || Some(&SecretInTheAddress);
        }),
        BrokenAdapter::registration("lets people sign in without encryption", "login.address", |registration| {
            registration.login = || Some(&Unencrypted);
        }),
        BrokenAdapter::registration("forgets what an operator may do", "login.accounts", |registration| {
            registration.login = || Some(&ForgetsTheTasks);
        }),
        BrokenAdapter::registration(
            "takes a failed sign-in for one without accounts",
            "login.failing",
            |registration| {
                registration.login = || Some(&NoneAtAll);
            },
        ),
        BrokenAdapter::registration("tells the code in an error", "login.failing", |registration| {
            registration.login = || Some(&TellsTheCode);
        }),
        BrokenAdapter::registration("lets a picture's address carry the token", "login.secrets", |registration| {
            registration.login = || Some(&TokenInThePicture);
        }),
    ]
}
