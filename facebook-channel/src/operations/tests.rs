mod failures;
mod reading;
mod rules;
mod samples;
mod schemas;
mod server;
mod templates;

/// The operations of the Page's profile have their samples beside the profile.
fn is_of_the_profile(name: &str) -> bool {
    const PROFILE: [&str; 12] = [
        "getProfile",
        "setPersistentMenu",
        "setGetStartedButton",
        "setGreeting",
        "setIceBreakers",
        "setCommands",
        "setWhitelistedDomains",
        "setAccountLinkingUrl",
        "clearProfile",
        "setPersonMenu",
        "getPersonMenu",
        "clearPersonMenu",
    ];
    PROFILE.contains(&name)
}
