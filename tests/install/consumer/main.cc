// Prints the size of one image, made by the server at IMAGES_ADDRESS.
#include <cstdlib>
#include <iostream>

#include "openrouter_images/channel.h"
#include "openrouter_images/images_client.h"

int main() {
  using namespace openrouter_images;
  const client::ImagesClient images(client::MakeChannel(std::getenv("IMAGES_ADDRESS")));
  v1::GenerateImagesRequest request;
  request.mutable_image()->set_model("sandbox/painter");
  request.mutable_image()->set_prompt("a red panda astronaut");
  const auto reply = images.Generate(request);
  if (!reply.ok()) {
    std::cerr << reply.error().ToString() << "\n";
    return EXIT_FAILURE;
  }
  std::cout << reply->images().at(0).data().size() << " bytes\n";
}
