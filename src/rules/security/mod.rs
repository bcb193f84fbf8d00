//! The rules of the group `security`.

mod api_key_in_url;
mod basic_authentication;
mod cors_wildcard_credentials;
mod credentials_in_url;
mod deprecated_oauth_flow;
mod ignored_header_parameter;
mod insecure_scheme;
mod long_lived_token;
mod numeric_id;
mod personal_data_in_url;
mod plain_http_server;
mod shared_admin_scheme;
mod undefined_scheme;
mod undefined_scope;
mod unsecured_read;
mod unsecured_write;
mod url_parameter;

use super::Rule;

/// In order of id.
pub(super) const RULES: &[Rule] = &[
    api_key_in_url::RULE,
    basic_authentication::RULE,
    cors_wildcard_credentials::RULE,
    credentials_in_url::RULE,
    deprecated_oauth_flow::RULE,
    ignored_header_parameter::RULE,
    insecure_scheme::RULE,
    long_lived_token::RULE,
    numeric_id::RULE,
    personal_data_in_url::RULE,
    plain_http_server::RULE,
    shared_admin_scheme::RULE,
    undefined_scheme::RULE,
    undefined_scope::RULE,
    unsecured_read::RULE,
    unsecured_write::RULE,
    url_parameter::RULE,
];
