//! Makes the stubs of the contract, with protoc from the PATH.
use std::{env, fs, io, path::PathBuf};

fn main() -> io::Result<()> {
    let contract =
        PathBuf::from(env::var("PROTO_DIR").expect("PROTO_DIR is the folder proto/ of this project"));
    println!("cargo::rerun-if-env-changed=PROTO_DIR");
    println!("cargo::rerun-if-changed={}", contract.display());
    let protos = fs::read_dir(contract.join("openrouter_images/v1"))?
        .map(|entry| entry.map(|file| file.path()))
        .collect::<io::Result<Vec<_>>>()?;
    tonic_prost_build::configure()
        .build_server(false)
        .build_transport(false)
        .compile_protos(&protos, &[contract])
}
