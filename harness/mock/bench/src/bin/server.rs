//! The mock behind a port and nothing else, for measurements without building the whole command: `server PORT KEYS`
//! writes the keys of a user who may do everything to the file KEYS.

use std::net::SocketAddr;

use jiff::{SignedDuration, Timestamp};
use rolecall_mock::carrier::server::Server;
use rolecall_mock::{Clock, Mock, PolicyDocument, PolicySpec, UserSpec, World};

const ACCOUNT: &str = "123456789012";
const ALL: &str = r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}"#;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let port: u16 = arguments.next().expect("a port").parse().expect("a port");
    let file = arguments.next().expect("a file for the keys");
    let mut world = World::new(0, Timestamp::now());
    world.add_account(ACCOUNT).expect("an account");
    let policies = vec![PolicySpec::Inline {
        name: "all".to_owned(),
        document: PolicyDocument::parse(ALL).expect("a policy"),
    }];
    let user = UserSpec::new(ACCOUNT, "load");
    world.add_user(UserSpec { policies, ..user }).expect("a user");
    let clock = Clock::machine(Timestamp::now, SignedDuration::ZERO);
    let mock = Mock::builder(world).clock(clock).build();
    let keys = mock.read(|world| world.user_credentials(ACCOUNT, "load"));
    let keys = keys.expect("the user has keys");
    let (id, secret) = (&keys.access_key_id, keys.secret.expose());
    let text = format!("aws_access_key_id = {id}\naws_secret_access_key = {secret}\n");
    std::fs::write(file, text).expect("the keys are written");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let server = Server::bind(&mock, address).await.expect("it listens");
        server.run(std::future::pending()).await;
    });
}
