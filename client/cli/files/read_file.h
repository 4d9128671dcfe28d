#pragma once

#include <string>

namespace openrouter_images::client::cli {

// The whole file. Throws FileError, which says what the file was meant to be ("reference image").
std::string ReadFile(const std::string& path, const std::string& purpose);

}  // namespace openrouter_images::client::cli
