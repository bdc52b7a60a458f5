//! No bytes make loading panic.

use super::super::render;
use super::*;

const CORPUS: [&str; 6] = [
    include_str!("../../../../scenarios/tutorial.yaml"),
    include_str!("../../../../scenarios/external-id.yaml"),
    include_str!("../../../../scenarios/cross-account.yaml"),
    include_str!("../../../../scenarios/role-chaining.yaml"),
    "scenario: é\norganization: { root: { units: { A: { accounts: { main: {} } } } } }\nresources: { 'arn:aws:kms:::k': {} }\n\
     users: { ann: { groups: [g] } }\ngroups: { g: {} }\nroles: { R: { trust: ann.json } }\n\
     oidc-providers: { p: { url: 'https://a', audiences: [b] } }\nsteps:\n\
     - { as: { token: { provider: p, sub: s, exp: 5m } }, assume: R, then: [{ change: { users: { ann: null } } }] }\n\
     - { as: ann, can: [s3:GetObject on arn:aws:s3:::b/k], context: { 'aws:x': [a] } }\n",
    TRUST_ANN,
];

/// Pieces that mean something to YAML or to the language.
const PIECES: [&str; 24] = [
    "\n",
    " ",
    "\t",
    ":",
    ": ",
    "- ",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "'",
    "#",
    "*",
    "&a ",
    "!x ",
    "${x}",
    "${",
    "|\n",
    "null",
    "\0",
    "é",
    "\u{feff}",
    "12345678901234567890",
];

/// Knuth's 64-bit linear congruential generator: the same mutants in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % bound.max(1)
    }
}

fn mutant(chance: &mut Chance) -> Vec<u8> {
    let mut bytes = CORPUS[chance.below(CORPUS.len())].as_bytes().to_vec();
    for _ in 0..=chance.below(4) {
        let at = chance.below(bytes.len());
        let end = (at + chance.below(12)).min(bytes.len());
        let piece = match chance.below(4) {
            0 => Vec::new(),
            1 => vec![u8::try_from(chance.below(256)).expect("a byte")],
            2 => bytes[chance.below(bytes.len())..]
                .iter()
                .copied()
                .take(chance.below(60))
                .collect(),
            _ => PIECES[chance.below(PIECES.len())].as_bytes().to_vec(),
        };
        bytes.splice(at..end, piece);
    }
    bytes
}

#[test]
fn no_mutant_of_a_scenario_makes_loading_panic() {
    let mut chance = Chance(2_026);
    for _ in 0..1_000 {
        let bytes = mutant(&mut chance);
        let files = Memory::default()
            .with("s.yaml", &bytes)
            .with("s.world.yaml", &bytes)
            .with("ann.json", &bytes)
            .with("trust/spa-deployment.json", TRUST_ANN);
        let loaded = load(&["s.yaml".into()], &files);
        render::human(&loaded.diagnostics, &loaded.sources, true);
        render::plain(&loaded.diagnostics, &loaded.sources);
        super::super::load_world(Path::new("s.world.yaml"), &files);
    }
}
