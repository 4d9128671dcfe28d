package com.example;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.security.MessageDigest;
import java.util.List;
import java.util.concurrent.TimeUnit;
import openrouter_images.v1.BillingOutcome;
import openrouter_images.v1.RequestOptions;
import openrouter_images.v1.ErrorReason;
import openrouter_images.v1.GenerateImagesRequest;
import openrouter_images.v1.GeneratedImage;
import openrouter_images.v1.ImageInfo;
import openrouter_images.v1.ImageSpec;
import openrouter_images.v1.ImagesError;
import openrouter_images.v1.ImagesServiceGrpc;
import openrouter_images.v1.RetryOptions;
import openrouter_images.v1.StreamGenerateImagesRequest;
import openrouter_images.v1.StreamGenerateImagesResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A client of the service with grpc-java: an image, a stream, an error with its details. */
class ImagesTest {
  /** A reply holds all images of a call; the default limit of 4 MiB would lose images that are paid for. */
  private static final int MAX_REPLY_BYTES = 640 << 20;

  private static final ByteString PNG_SIGNATURE =
      ByteString.copyFrom(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});

  private static ManagedChannel channel;

  @BeforeAll
  static void connect() {
    channel = Grpc.newChannelBuilder(System.getenv("IMAGES_ADDRESS"), InsecureChannelCredentials.create())
        .disableRetry()  // The service itself repeats what is free to repeat.
        .maxInboundMessageSize(MAX_REPLY_BYTES)
        .build();
  }

  @AfterAll
  static void disconnect() {
    channel.shutdownNow();
  }

  /** The service for one call, with a deadline: a generation takes up to minutes. */
  private static ImagesServiceGrpc.ImagesServiceBlockingStub images() {
    return ImagesServiceGrpc.newBlockingStub(channel).withDeadlineAfter(60, TimeUnit.SECONDS);
  }

  private static ImageSpec spec(String model) {
    return ImageSpec.newBuilder().setModel(model).setPrompt("a boat").build();
  }

  /** The detail of that type. Without an ImagesError a status is not of the service's making. */
  private static <T extends Message> T detail(StatusRuntimeException error, Class<T> type)
      throws InvalidProtocolBufferException {
    for (Any detail : StatusProto.fromThrowable(error).getDetailsList()) {
      if (detail.is(type)) {
        return detail.unpack(type);
      }
    }
    throw new AssertionError("no " + type.getName(), error);
  }

  @Test
  void makesAnImage() {
    var reply = images().generateImages(
        GenerateImagesRequest.newBuilder().setImage(spec("sandbox/painter")).build());
    GeneratedImage image = reply.getImages(0);
    assertTrue(image.getData().startsWith(PNG_SIGNATURE));
    assertEquals("image/png", image.getInfo().getMediaType());
    assertTrue(reply.getUsage().getCost() > 0);
  }

  @Test
  void streamsAnImageLargerThanAMessageMayBe() throws Exception {
    var replies = images().streamGenerateImages(
        StreamGenerateImagesRequest.newBuilder().setImage(spec("sandbox/bytes=6000000")).build());
    ByteString file = ByteString.EMPTY;
    List<ImageInfo> completed = List.of();
    while (replies.hasNext()) {
      StreamGenerateImagesResponse reply = replies.next();
      switch (reply.getEventCase()) {
        case IMAGE_CHUNK -> file = file.concat(reply.getImageChunk().getData());
        case COMPLETED -> completed = reply.getCompleted().getImagesList();
        default -> { }  // Previews, texts, heartbeats, and what is newer than this program.
      }
    }
    assertEquals(6_000_000, file.size());
    assertEquals(6_000_000, completed.get(0).getSizeBytes());
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(file.toByteArray());
    assertArrayEquals(digest, completed.get(0).getSha256().toByteArray());
  }

  @Test
  void readsTheDetailsOfAnError() throws Exception {
    var once = RetryOptions.newBuilder().setStrategy(RetryOptions.Strategy.STRATEGY_NONE);
    var request = GenerateImagesRequest.newBuilder()
        .setImage(spec("sandbox/status=429;retry-after=3"))
        .setOptions(RequestOptions.newBuilder().setRetry(once))
        .build();
    var error = assertThrows(StatusRuntimeException.class, () -> images().generateImages(request));
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, error.getStatus().getCode());

    ImagesError imagesError = detail(error, ImagesError.class);
    assertEquals(ErrorReason.ERROR_REASON_RATE_LIMIT, imagesError.getReason());
    assertEquals(BillingOutcome.BILLING_OUTCOME_NOT_BILLED, imagesError.getBillingOutcome());
    ErrorInfo info = detail(error, ErrorInfo.class);
    assertEquals("openrouter_images.v1", info.getDomain());
    assertEquals("RATE_LIMIT", info.getReason());
    assertEquals(3, detail(error, RetryInfo.class).getRetryDelay().getSeconds());
  }
}
