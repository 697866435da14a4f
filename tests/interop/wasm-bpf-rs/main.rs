// SPDX-License-Identifier: MIT
use wasm_bpf_rs::{run_wasm_bpf_module, Config};

// other-runtime FILE [ARGUMENT OF THE PROGRAM]...
fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let mut config = Config::default();

    // Its defaults are the wrong way round.
    config.set_callback_values("go-callback".into(), "callback-wrapper".into());
    let result = match args.first().map(std::fs::read) {
        Some(Ok(wasm)) => run_wasm_bpf_module(&wasm, &args, config),
        Some(Err(e)) => Err(e.into()),
        None => panic!("no file given"),
    };
    if let Err(e) = result {
        eprintln!("other-runtime: {e:#}");
        std::process::exit(1);
    }
}
