//! The contract's messages and its client.
tonic::include_proto!("openrouter_images.v1");
