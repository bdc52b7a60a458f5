//! SAML providers, and `AssumeRoleWithSAML`.

use crate::client::*;
use rolecall_mock::{SamlMetadataSpec, SamlProviderSpec, WorldError};

const ISSUER: &str = "https://idp.example.com/saml";

fn provider(name: &str) -> SamlProviderSpec {
    SamlProviderSpec {
        account: MAIN.to_owned(),
        name: name.to_owned(),
        metadata: SamlMetadataSpec::Generated {
            issuer: ISSUER.to_owned(),
        },
    }
}

/// AWS: IAM API Reference, `CreateSAMLProvider`.
#[test]
fn a_provider_is_refused_that_aws_would_refuse() {
    let mut world = world();
    let arn = world.add_saml_provider(provider("ADFS")).unwrap();
    assert_eq!(arn, "arn:aws:iam::123456789012:saml-provider/ADFS");
    assert!(matches!(
        world.add_saml_provider(provider("ADFS")),
        Err(WorldError::Exists { .. })
    ));
    for name in ["", "a b", "a/b", "ä", &"x".repeat(129)] {
        let error = world.add_saml_provider(provider(name));
        assert!(
            matches!(error, Err(WorldError::InvalidName { .. })),
            "{name}"
        );
    }
    let document = SamlMetadataSpec::Document("<EntityDescriptor/>".to_owned());
    let spec = SamlProviderSpec {
        metadata: document,
        ..provider("Okta")
    };
    let error = world.add_saml_provider(spec.clone());
    assert!(matches!(error, Err(WorldError::InvalidMetadata { .. })));
    assert!(world.update_saml_provider(spec).is_err());
    assert!(world.update_saml_provider(provider("Okta")).is_err());
    assert!(world.remove_saml_provider(OTHER, &arn).is_err());
    world.update_saml_provider(provider("ADFS")).unwrap();
    world.remove_saml_provider(MAIN, &arn).unwrap();
    assert!(world.remove_saml_provider(MAIN, "ADFS").is_err());
}
