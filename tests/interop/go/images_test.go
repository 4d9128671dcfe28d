// Package images_test is a client of the service with grpc-go: an image, a stream, an error with its details.
package images_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	images "example.com/images/stubs/openrouter_images/v1"
)

// A reply holds all images of a call; the default limit of 4 MiB would lose images that are paid for.
const maxReplyBytes = 640 << 20

func connect(t *testing.T) images.ImagesServiceClient {
	t.Helper()
	connection, err := grpc.Dial(os.Getenv("IMAGES_ADDRESS"),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDisableRetry(), // The service itself repeats what is free to repeat.
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxReplyBytes)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.Close() })
	return images.NewImagesServiceClient(connection)
}

// deadline is that of a call: a generation takes up to minutes.
func deadline(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func spec(model string) *images.ImageSpec {
	prompt := "a boat"
	return &images.ImageSpec{Model: &model, Prompt: &prompt}
}

func TestMakesAnImage(t *testing.T) {
	reply, err := connect(t).GenerateImages(deadline(t), &images.GenerateImagesRequest{Image: spec("sandbox/painter")})
	if err != nil {
		t.Fatal(err)
	}
	image := reply.GetImages()[0]
	if !bytes.HasPrefix(image.GetData(), []byte("\x89PNG\r\n\x1a\n")) || image.GetInfo().GetMediaType() != "image/png" {
		t.Errorf("not a PNG: %v, %x", image.GetInfo(), image.GetData()[:8])
	}
	if reply.GetUsage().GetCost() <= 0 {
		t.Errorf("no cost: %v", reply.GetUsage())
	}
}

func TestStreamsAnImageLargerThanAMessageMayBe(t *testing.T) {
	stream, err := connect(t).StreamGenerateImages(deadline(t),
		&images.StreamGenerateImagesRequest{Image: spec("sandbox/bytes=6000000")})
	if err != nil {
		t.Fatal(err)
	}
	var file []byte
	var completed *images.GenerationCompleted
	for {
		reply, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		switch event := reply.GetEvent().(type) {
		case *images.StreamGenerateImagesResponse_ImageChunk:
			file = append(file, event.ImageChunk.GetData()...)
		case *images.StreamGenerateImagesResponse_Completed:
			completed = event.Completed
		default: // Previews, texts, heartbeats, and what is newer than this program.
		}
	}
	info := completed.GetImages()[0]
	digest := sha256.Sum256(file)
	if len(file) != 6000000 || info.GetSizeBytes() != 6000000 || !bytes.Equal(digest[:], info.GetSha256()) {
		t.Errorf("%d bytes with digest %x are not %v", len(file), digest, info)
	}
}

func TestReadsTheDetailsOfAnError(t *testing.T) {
	_, err := connect(t).GenerateImages(deadline(t), &images.GenerateImagesRequest{
		Image: spec("sandbox/status=429;retry-after=3"),
		Options: &images.RequestOptions{
			Retry: &images.RetryOptions{Strategy: images.RetryOptions_STRATEGY_NONE.Enum()},
		},
	})
	failure := status.Convert(err)
	if failure.Code() != codes.ResourceExhausted {
		t.Fatal(failure)
	}
	var (
		imagesError *images.ImagesError // Says whether money was spent; nil: the status is not of the service's making.
		errorInfo   *errdetails.ErrorInfo
		retryInfo   *errdetails.RetryInfo
	)
	for _, detail := range failure.Details() {
		switch detail := detail.(type) {
		case *images.ImagesError:
			imagesError = detail
		case *errdetails.ErrorInfo:
			errorInfo = detail
		case *errdetails.RetryInfo:
			retryInfo = detail
		}
	}
	if imagesError.GetReason() != images.ErrorReason_ERROR_REASON_RATE_LIMIT ||
		imagesError.GetBillingOutcome() != images.BillingOutcome_BILLING_OUTCOME_NOT_BILLED {
		t.Errorf("reason and outcome: %v", imagesError)
	}
	if errorInfo.GetDomain() != "openrouter_images.v1" || errorInfo.GetReason() != "RATE_LIMIT" {
		t.Errorf("ErrorInfo: %v", errorInfo)
	}
	if wait := retryInfo.GetRetryDelay().AsDuration(); wait != 3*time.Second {
		t.Errorf("RetryInfo: %v", wait)
	}
}
