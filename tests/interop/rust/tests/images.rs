//! A client of the service with tonic: an image, a stream, an error with its details.
use images_example::images_service_client::ImagesServiceClient;
use images_example::stream_generate_images_response::Event;
use images_example::{
    retry_options, BillingOutcome, RequestOptions, ErrorReason, GenerateImagesRequest, ImageSpec, ImagesError,
    RetryOptions, StreamGenerateImagesRequest,
};
use prost::Message;
use sha2::{Digest, Sha256};
use std::time::Duration;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Status};
use tonic_types::StatusExt;

/// A reply holds all images of a call; the default limit of 4 MiB would lose images that are paid for.
const MAX_REPLY_BYTES: usize = 640 << 20;

async fn connect() -> ImagesServiceClient<Channel> {
    let address = std::env::var("IMAGES_ADDRESS").expect("IMAGES_ADDRESS is HOST:PORT of the server");
    let channel = Endpoint::try_from(format!("http://{address}")).unwrap().connect().await.unwrap();
    ImagesServiceClient::new(channel).max_decoding_message_size(MAX_REPLY_BYTES)
}

fn image(model: &str) -> Option<ImageSpec> {
    Some(ImageSpec { model: Some(model.into()), prompt: Some("a boat".into()), ..Default::default() })
}

/// A call with a deadline: a generation takes up to minutes.
fn call<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(Duration::from_secs(60));
    request
}

/// The detail that says whether money was spent. Without it the status is not of the service's making.
fn images_error(status: &Status) -> Option<ImagesError> {
    let details = tonic_types::pb::Status::decode(status.details()).ok()?.details;
    let detail =
        details.iter().find(|detail| detail.type_url.ends_with("/openrouter_images.v1.ImagesError"))?;
    ImagesError::decode(&detail.value[..]).ok()
}

#[tokio::test]
async fn makes_an_image() {
    let request = GenerateImagesRequest { image: image("sandbox/painter"), ..Default::default() };
    let reply = connect().await.generate_images(call(request)).await.unwrap().into_inner();
    assert!(reply.images[0].data.starts_with(b"\x89PNG\r\n\x1a\n"));
    assert_eq!(reply.images[0].info.as_ref().unwrap().media_type, "image/png");
    assert!(reply.usage.unwrap().cost() > 0.0);
}

#[tokio::test]
async fn streams_an_image_larger_than_a_message_may_be() {
    let request = StreamGenerateImagesRequest { image: image("sandbox/bytes=6000000"), ..Default::default() };
    let mut replies = connect().await.stream_generate_images(call(request)).await.unwrap().into_inner();
    let mut file = Vec::new();
    let mut completed = None;
    while let Some(reply) = replies.message().await.unwrap() {
        match reply.event {
            Some(Event::ImageChunk(chunk)) => file.extend(chunk.data),
            Some(Event::Completed(event)) => completed = Some(event),
            _ => {} // Previews, texts, heartbeats, and what is newer than this program.
        }
    }
    let info = &completed.unwrap().images[0];
    assert_eq!((file.len(), info.size_bytes), (6_000_000, 6_000_000));
    assert_eq!(info.sha256, Sha256::digest(&file).as_slice());
}

#[tokio::test]
async fn reads_the_details_of_an_error() {
    let once = RetryOptions { strategy: Some(retry_options::Strategy::None.into()), ..Default::default() };
    let request = GenerateImagesRequest {
        image: image("sandbox/status=429;retry-after=3"),
        options: Some(RequestOptions { retry: Some(once), ..Default::default() }),
        ..Default::default()
    };
    let status = connect().await.generate_images(call(request)).await.unwrap_err();
    assert_eq!(status.code(), Code::ResourceExhausted);

    let error = images_error(&status).unwrap();
    assert_eq!(error.reason(), ErrorReason::RateLimit);
    assert_eq!(error.billing_outcome(), BillingOutcome::NotBilled);
    let details = status.get_error_details();
    let info = details.error_info().unwrap();
    assert_eq!((info.domain.as_str(), info.reason.as_str()), ("openrouter_images.v1", "RATE_LIMIT"));
    assert_eq!(details.retry_info().unwrap().retry_delay, Some(Duration::from_secs(3)));
}
