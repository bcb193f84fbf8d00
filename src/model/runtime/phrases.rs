//! What gateways call their settings, and what to write into them: `data/gateways.toml`.

use super::route::{Gateway, Route};
use std::sync::OnceLock;

fn table() -> &'static toml::Table {
    static TABLE: OnceLock<toml::Table> = OnceLock::new();
    TABLE.get_or_init(|| include_str!("../../../data/gateways.toml").parse().unwrap_or_default())
}

/// A phrase of a product: the name of a setting, or a line to write.
pub fn phrase(product: &str, key: &str) -> Option<&'static str> {
    table().get(product)?.get(key)?.as_str()
}

/// A phrase of the product of a gateway, in the language of its file where the product has several.
pub fn of(gateway: &Gateway, key: &str) -> Option<&'static str> {
    let ending = gateway.path.rsplit('.').next().unwrap_or("");
    phrase(&format!("{} {ending}", gateway.product), key).or_else(|| phrase(gateway.product.0, key))
}

/// A phrase for a route, with what stands in braces filled in; `None` where the product has no such setting.
pub fn said(gateway: &Gateway, route: &Route, key: &str, fill: &[(&str, String)]) -> Option<String> {
    let mut text = of(gateway, key)?.replace("{module}", route.module);
    for (name, value) in fill {
        text = text.replace(&format!("{{{name}}}"), value);
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_product_has_a_name_for_what_it_waits_for() {
        assert!(table().len() >= 9);
        for (product, value) in table() {
            assert!(value.get("read").or(value.get("total")).is_some(), "{product}");
            assert!(value.get("longer").is_some(), "{product}");
        }
        assert_eq!(phrase("nginx", "read"), Some("{module}_read_timeout"));
        assert_eq!(phrase("nobody", "read"), None);
    }
}
